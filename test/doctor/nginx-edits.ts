import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Directive, type Include, parseNginx } from '../../src/doctor/nginx/parse.js';
import { NGINX_CONFIG } from '../helpers/proxies.js';

/** A change of the shipped configuration, in a block that is named as `location = /api/v1/watch`. */
export interface NginxEdit {
  readonly in: string;
  /** Directives of that block, by name or by their whole text, that go. */
  readonly remove?: readonly string[];
  /** Text of directives that come, at the end. */
  readonly add?: string;
}

export const shippedScript = (): string => readFileSync(join(dirname(NGINX_CONFIG), 'authz.js'), 'utf8');

/** A script that somebody has changed. */
export const OTHER_SCRIPT = shippedScript().replace("header(reply, 'x-aviso-decision') === 'allow'", 'true');

/** The files beside the shipped configuration. */
export const beside: Include = (name) => {
  if (name === 'other.js') return [{ file: name, text: OTHER_SCRIPT }];
  try {
    return [{ file: name, text: readFileSync(join(dirname(NGINX_CONFIG), name), 'utf8') }];
  } catch {
    return null;
  }
};

const SHIPPED = readFileSync(NGINX_CONFIG, 'utf8');

/** The text of the shipped configuration with changes. */
export function editedNginx(edits: readonly NginxEdit[]): string {
  const changed = edits.reduce((tree, edit) => inBlock(tree, edit), parsed(SHIPPED));
  return rendered(changed);
}

function parsed(text: string): readonly Directive[] {
  const result = parseNginx({ file: 'nginx.conf', text }, beside);
  if (!result.ok) throw new Error(result.failure.reason);
  return result.value;
}

function inBlock(tree: readonly Directive[], edit: NginxEdit): readonly Directive[] {
  if (edit.in === '') return changed(tree, edit);
  let found = 0;
  const walk = (directives: readonly Directive[]): readonly Directive[] =>
    directives.map((directive) => {
      if (directive.block === null) return directive;
      const isIt = headOf(directive) === edit.in;
      if (isIt) found += 1;
      return { ...directive, block: isIt ? changed(directive.block, edit) : walk(directive.block) };
    });
  const after = walk(tree);
  if (found !== 1) throw new Error(`${found} blocks are ${edit.in}`);
  return after;
}

function changed(block: readonly Directive[], { remove = [], add = '' }: NginxEdit): readonly Directive[] {
  const isGone = (directive: Directive): boolean =>
    remove.includes(directive.name) || remove.includes(headOf(directive));
  for (const name of remove) {
    if (!block.some((directive) => directive.name === name || headOf(directive) === name))
      throw new Error(`no ${name} to remove`);
  }
  return [...block.filter((directive) => !isGone(directive)), ...parsed(add)];
}

const headOf = ({ name, args }: Directive): string => [name, ...args].join(' ');

function rendered(tree: readonly Directive[]): string {
  return tree
    .map(({ name, args, block }) => {
      const head = [name, ...args].map(quoted).join(' ');
      return block === null ? `${head};\n` : `${head} {\n${rendered(block)}}\n`;
    })
    .join('');
}

/** `if (…)` keeps its brackets outside of quotes. */
function quoted(word: string): string {
  if (word.startsWith('(') || word === ')') return word;
  return /^[\w$/.:=@~*^()?|-]+$/.test(word)
    ? word
    : `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
