/** Names that a careless reader might make of something else: a user with all of them shows every such reader up. */
export const TEMPTING: readonly string[] = [
  'CIP',
  'FOO',
  'cip',
  'foo',
  'ÜBER',
  ' CIP',
  'CIP ',
  'CIP\0',
  'CIP\n',
  '',
  ' ',
  '*',
  '%2A',
  'true',
  'false',
  'null',
  'undefined',
  '[object Object]',
  'CIP,FOO',
  '0',
  '-0',
  '5',
  '+5',
  '-5',
  '7',
  '007',
  '1',
  '1.0',
  '100',
  '1e2',
  '1000',
  '1001',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'k',
  'K',
  'ß',
  'ss',
  'i',
  'straße',
  'strasse',
  'ü'.repeat(8),
  'ü'.repeat(9),
  'a'.repeat(16),
  'a'.repeat(17),
  '😀',
  '\u2028',
];

/** Who may read what, and nobody else anything. Names differ in one thing each: case, blanks, Unicode form, encoding. */
export const LISTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['alice', TEMPTING],
  // Only forms that are never canonical for an enumeration or an integer.
  ['dave', ['CIP', 'FOO', 'Foo', '+5', '007', '-0', '1e2', '1.0', 'TRUE']],
  // Only canonical ones.
  ['erin', ['cip', 'foo', '5', '7', '0', '100', '-5', 'true']],
  ['Alice', ['ONLY-CAPITAL']],
  ['alice ', ['ONLY-BLANK']],
  ['zo\u00eb', ['NFC', 'ÜBER']],
  ['zoe\u0308', ['NFD', 'U\u0308BER']],
  ['__proto__', ['PROTO', '__proto__']],
  ['constructor', ['constructor']],
  ['a/b', ['SLASH']],
  ['a%2Fb', ['ENCODED-SLASH']],
  ['a+b', ['PLUS']],
  ['a b', ['BLANK']],
  ['x&id=alice', ['AMPERSAND']],
  ['x#', ['HASH']],
  ['*', ['STAR']],
  ['..', ['DOTS']],
  ['\u0130zmir', ['DOTTED']],
  ['izmir', ['ASCII']],
  ['\u{1f600}', ['EMOJI', '😀']],
]);

/** Users who may read nothing, some of whom look like members of an object or like others. */
export const NOBODY: readonly string[] = [
  'bob',
  'carol',
  'ALICE',
  'alice\0',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'x',
  '%61lice',
  '0',
  'null',
];

/** Users for whom one server at least gives no usable answer, and what it gives. */
export const BROKEN: ReadonlyMap<string, Broken> = new Map([
  ['down', { server: 'both', status: 503, body: '' }],
  ['half-down', { server: 'second', status: 500, body: '' }],
  ['forbidden', { server: 'first', status: 403, body: '' }],
  ['moved', { server: 'first', status: 302, body: '' }],
  ['html', { server: 'second', status: 200, body: '<!doctype html>' }],
  [
    'not-yes',
    {
      server: 'first',
      status: 200,
      body: '{"destinationList":[{"name":"CIP","active":true}],"success":"YES"}',
    },
  ],
]);

export interface Broken {
  readonly server: 'first' | 'second' | 'both';
  readonly status: number;
  readonly body: string;
}

/** What does not count, whatever it names: not active, or no name. */
const decoys = (name: string): unknown[] => [
  { name, active: false },
  { name, active: 'true' },
  { name, active: 1 },
  { name },
  { name: [name], active: true },
  { name: { name }, active: true },
  { Name: name, active: true },
  { active: true },
  name,
  [name, true],
];

/** The records of a user at one of two servers: every second destination is at the second one. */
export function recordsOf(username: string, server: 0 | 1): unknown[] {
  const listed = (LISTS.get(username) ?? []).filter((_name, index) => index % 2 === server);
  const decoyed = username === 'bob' ? [] : ['CIP', 'FOO', 'cip', '5', 'ÜBER'].flatMap(decoys);
  return [...decoyed, ...listed.map((name) => ({ name, active: true })), null];
}

/** What one of the two servers answers for a user. */
export function answerOf(
  username: string,
  server: 0 | 1,
): { readonly status: number; readonly body: string } {
  const broken = BROKEN.get(username);
  if (broken !== undefined && isAt(broken, server)) return broken;
  const body = JSON.stringify({ destinationList: recordsOf(username, server), success: 'yes' });
  return { status: 200, body };
}

const isAt = ({ server: at }: Broken, server: 0 | 1): boolean =>
  at === 'both' || (at === 'first' ? 0 : 1) === server;
