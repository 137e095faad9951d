import type { TSchema } from '@sinclair/typebox';
import type { Draft } from './draft.js';
import { type Path, type Problem, problemAt } from './problem.js';

/** What a right value of this setting looks like. */
export function must(schema: TSchema): string {
  const text: unknown = schema['must'];
  return typeof text === 'string' ? text : 'another value';
}

/** White space as both Rust and JavaScript know it: the union of the two, so that neither trims what we keep. */
const BLANK = /[\s\u0085]/;

export const hasBlank = (text: string): boolean => BLANK.test(text);

export function isPadded(text: string): boolean {
  return hasBlank(text.slice(0, 1)) || hasBlank(text.slice(-1));
}

function isBlank(text: string): boolean {
  return [...text].every(hasBlank);
}

/** A text that is not blank and has no blanks around it. A text that is wrong otherwise has been reported. */
export function checkText(path: Path, text: string | undefined, cure: string): Problem[] {
  if (text === undefined) return [];
  if (isBlank(text)) return [problemAt(path, text === '' ? 'is empty' : 'is blank', cure)];
  return isPadded(text) ? [problemAt(path, 'has blanks around it', cure)] : [];
}

type RolesDraft = Draft<Record<string, string[]>>;

/** The realms and roles of a map that must not be empty. */
export function checkRealmRoles(path: Path, realms: RolesDraft | undefined, cure: string): Problem[] {
  if (realms === undefined) return [];
  const entries = Object.entries(realms);
  if (entries.length === 0) return [problemAt(path, 'is empty', cure)];
  return entries.flatMap(([realm, roles]) => [
    ...checkText([...path, realm], realm, 'the name of a realm, without blanks around it'),
    ...(roles?.length === 0 ? [problemAt([...path, realm], 'has no role', cure)] : []),
    ...(roles ?? []).flatMap((role, index) =>
      checkText([...path, realm, index], role, 'the name of a role, without blanks around it'),
    ),
  ]);
}
