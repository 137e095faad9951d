import { stringify } from 'yaml';
import type { Chance } from '../upstream/chance.js';

/** A tree as text, in one of the ways in which YAML can be written. */
export function written(chance: Chance, tree: unknown): string {
  if (chance.oneIn(4)) return JSON.stringify(tree, null, chance.pick([0, 2]));
  return stringify(tree, {
    aliasDuplicateObjects: chance.oneIn(2),
    lineWidth: chance.pick([0, 80]),
    defaultStringType: chance.pick(['PLAIN', 'QUOTE_DOUBLE']),
  });
}

type Mutation = (text: string, chance: Chance) => string;

const lineAt = (text: string, chance: Chance, change: (line: string) => string): string => {
  const lines = text.split('\n');
  const at = chance.int(0, lines.length - 1);
  return lines.map((line, index) => (index === at ? change(line) : line)).join('\n');
};
const inside = (text: string, chance: Chance, what: string): string => {
  const at = chance.int(0, text.length);
  return text.slice(0, at) + what + text.slice(at);
};

const TAGS = [
  '!!str ',
  '!!binary ',
  '!!int ',
  '!!set ',
  '!!omap ',
  '!custom ',
  '!<tag:x,2000:y> ',
  '!!python/object:os.system ',
  '!!null ',
];
const PIECES = [
  '\t',
  '\0',
  '\ufeff',
  '\u0085',
  '\r',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '%TAG ! x\n',
  '&a ',
  '*a ',
  '<<: *a\n',
  '? ',
  '? [a]\n: b\n',
  '#',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '|\n',
  '>\n',
  ': ',
  '- ',
  ',',
  '\\x',
  '@',
  '`',
  '!',
  '\ud800',
  'plugins: [ecpds]\n',
  '__proto__: {a: 1}\n',
];

/** What becomes of a file in an editor, a template or a bad hand. */
export const MUTATIONS: readonly Mutation[] = [
  (text, chance) => inside(text, chance, chance.pick(PIECES)),
  (text, chance) => inside(text, chance, chance.pick(PIECES)),
  (text, chance) => lineAt(text, chance, (line) => `${line}\n${line}`),
  (text, chance) => lineAt(text, chance, (line) => `  ${line}`),
  (text, chance) => lineAt(text, chance, (line) => line.replace(/^ {2}/, '')),
  (text, chance) =>
    lineAt(text, chance, (line) => line.replace(/^ +/, (blanks) => '\t'.repeat(blanks.length))),
  (text, chance) => lineAt(text, chance, (line) => line.replace(': ', ':')),
  (text, chance) => lineAt(text, chance, (line) => line.replace(/: (?=\S)/, `: ${chance.pick(TAGS)}`)),
  (text, chance) => lineAt(text, chance, (line) => line.replace(/: (?=\S)/, ': &anchor ')),
  (text, chance) => lineAt(text, chance, (line) => line.replace(/: \S+$/, ': *anchor')),
  (text, chance) => lineAt(text, chance, () => ''),
  (text, chance) => text.slice(0, chance.int(0, text.length)),
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `---\n${text}\n...\n`,
  (text) => `${text}\n---\n${text}`,
  (text, chance) =>
    `base: &base\n  auth: { required: false }\n${lineAt(text, chance, (line) => `${line}\n${/^ */.exec(line)?.[0] ?? ''}<<: *base`)}`,
  (text, chance) =>
    text.replace(/true/, chance.pick(['yes', 'on', 'True', 'TRUE', '1', '"true"', 'y', '~', '!!bool true'])),
  (text) =>
    text.replace(/\["?ecpds"?\]|- "?ecpds"?/, (found) =>
      found.startsWith('-') ? '- !!str ecpds' : '[!!str ecpds]',
    ),
];

/** Texts that are there to cost time or memory. */
export const BOMBS: readonly (readonly [name: string, text: () => string])[] = [
  [
    'a billion laughs',
    () =>
      `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`).join('\n')}\n`,
  ],
  [
    'laughs in maps',
    () =>
      `a0: &a0 {x: 1}\n${Array.from({ length: 20 }, (_, index) => `a${index + 1}: &a${index + 1} {${Array.from({ length: 5 }, (_item, at) => `k${at}: *a${index}`).join()}}`).join('\n')}\necpds: *a20\n`,
  ],
  ['an alias of itself', () => 'ecpds: &a\n  servers: *a\n'],
  ['deep brackets', () => `ecpds: ${'['.repeat(30_000)}`],
  ['deep closed brackets', () => `ecpds: ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['deep blocks', () => Array.from({ length: 2000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
  ['one long line', () => `ecpds: { username: ${'x'.repeat(5_000_000)} }`],
  [
    'unknown keys without end',
    () =>
      `ecpds:\n${Array.from({ length: 30_000 }, (_, index) => `  passwrd_of_the_service_account_number_${index}: 1`).join('\n')}\n`,
  ],
  [
    'event types without end',
    () =>
      `notification_schema:\n${Array.from({ length: 10_000 }, (_, index) => `  e${index}: { auth: { require: true } }`).join('\n')}\n`,
  ],
  ['servers without end', () => `ecpds:\n  servers:\n${'    - http://x\n'.repeat(30_000)}`],
  ['one key again and again', () => 'auth: 1\n'.repeat(20_000)],
  [
    'anchors without end',
    () => Array.from({ length: 20_000 }, (_, index) => `k${index}: &a${index} 1`).join('\n'),
  ],
  ['nothing but dashes', () => '- '.repeat(20_000)],
  ['nothing but colons', () => 'a: '.repeat(20_000)],
  ['comments', () => `${'# x\n'.repeat(200_000)}`],
  ['blanks', () => ' '.repeat(2_000_000)],
];
