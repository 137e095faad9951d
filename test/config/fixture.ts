import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { type LoadedConfig, loadConfig } from '../../src/config/load.js';
import type { Problem } from '../../src/config/problem.js';

/** A file of `test/fixtures/config`, from the compiled tests. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../../test/fixtures/config/${name}`, import.meta.url), 'utf8');
}

/** The smallest configuration that gates something. */
export const MINIMAL = `
auth:
  enabled: true
  mode: trusted_proxy
  jwt_secret: 0123456789abcdef0123456789abcdef-key
  admin_roles: { operations: [admin] }
ecpds:
  username: sidecar
  password: correct horse
  servers: [https://ecpds.example.int]
  match_key: destination
notification_schema:
  dissemination:
    topic: { base: diss, key_order: [destination] }
    identifier:
      destination: { type: StringHandler, required: true }
    auth: { required: true, plugins: [ecpds] }
`;

/** Loads files given as texts, named `0.yaml`, `1.yaml` and so on, beside other files by their path. */
export function load(
  texts: readonly string[],
  env: NodeJS.ProcessEnv = {},
  others: Record<string, string> = {},
) {
  const contents = new Map([
    ...texts.map((text, index) => [`${index}.yaml`, text] as const),
    ...Object.entries(others),
  ]);
  return loadConfig({ files: texts.map((_, index) => `${index}.yaml`), env, readFile: readFrom(contents) });
}

function readFrom(contents: ReadonlyMap<string, string>) {
  return (path: string): string => {
    const content = contents.get(path);
    if (content === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    return content;
  };
}

/** The configuration, for cases that must be valid. */
export async function loaded(texts: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<LoadedConfig> {
  const result = await load(texts, env);
  if (!result.ok) throw new Error(`not valid: ${JSON.stringify(result.failure)}`);
  return result.value;
}

/** What is wrong, for cases that must not be valid; empty when nothing is. */
export async function problems(texts: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Problem[]> {
  const result = await load(texts, env);
  return result.ok ? [] : result.failure;
}

/** An overlay over `MINIMAL`, with the problems that it must lead to: path, and a part of the text. */
export type Case = readonly [name: string, overlay: string, ...expected: (readonly [string, RegExp])[]];

/** Holds each case against exactly its problems, in any order. */
export function holdCases(t: Test, cases: readonly Case[]): void {
  for (const [name, overlay, ...expected] of cases) {
    t.test(name, async (t) => {
      const found = await problems([MINIMAL, overlay]);
      t.strictSame(found.map(({ path }) => path).sort(), expected.map(([path]) => path).sort());
      for (const [path, text] of expected) {
        const texts = found.filter((problem) => problem.path === path).map(({ problem }) => problem);
        t.ok(
          texts.some((problem) => text.test(problem)),
          `${path}: ${text} in ${JSON.stringify(texts)}`,
        );
      }
      for (const { cure } of found) t.not(cure, '', 'it says what would be right');
    });
  }
}
