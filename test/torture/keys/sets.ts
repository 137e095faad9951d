import type { Chance } from '../upstream/chance.js';
import { mutated } from '../upstream/mutate.js';
import type { Pair } from './material.js';

/** Members of an entry, each value as JSON text: repeated members can be written, too. */
type Entry = [name: string, json: string][];

const set = (entry: Entry, name: string, json: string): Entry => [
  ...entry.filter(([other]) => other !== name),
  [name, json],
];
const without = (entry: Entry, name: string): Entry => entry.filter(([other]) => other !== name);
const textIn = (entry: Entry, name: string): string =>
  JSON.parse(entry.find(([other]) => other === name)?.[1] ?? '""');

type Flaw = readonly [name: string, make: (entry: Entry, chance: Chance) => Entry];

const FLAWS: readonly Flaw[] = [
  ['no kty', (entry) => without(entry, 'kty')],
  [
    'odd kty',
    (entry, chance) =>
      set(entry, 'kty', chance.pick(['1', 'null', '"oct"', '"rsa"', '"__proto__"', '""', '["RSA"]'])),
  ],
  ['symmetric', (entry) => set(set(entry, 'kty', '"oct"'), 'k', '"c2VjcmV0"')],
  [
    'odd kid',
    (entry, chance) =>
      set(
        entry,
        'kid',
        chance.pick(['""', '1', 'null', '[]', '{}', `"${'k'.repeat(257)}"`, `"${'k'.repeat(256)}"`]),
      ),
  ],
  [
    'kid that is a name of JavaScript',
    (entry, chance) => set(entry, 'kid', chance.pick(['"__proto__"', '"constructor"', '"toString"'])),
  ],
  ['no kid', (entry) => without(entry, 'kid')],
  ['shared kid', (entry) => set(entry, 'kid', '"shared"')],
  [
    'private member',
    (entry, chance) =>
      set(
        entry,
        chance.pick(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']),
        chance.pick(['"AQAB"', 'null', '1', '[]']),
      ),
  ],
  [
    'use',
    (entry, chance) => set(entry, 'use', chance.pick(['"enc"', '"SIG"', 'null', '1', '""', '["sig"]'])),
  ],
  [
    'key_ops',
    (entry, chance) =>
      set(
        entry,
        'key_ops',
        chance.pick(['["sign"]', '["verify"]', '[]', '"verify"', '["sign","verify"]', 'null', '{}']),
      ),
  ],
  [
    'alg',
    (entry, chance) =>
      set(
        entry,
        'alg',
        chance.pick(['"HS256"', '"none"', '"RS256"', '"RS512"', '"ES256"', '"PS256"', '1', 'null', '""']),
      ),
  ],
  [
    'exponent',
    (entry, chance) =>
      set(entry, 'e', chance.pick(['"AQ"', '"Ag"', '""', '"AA"', '"Aw"', 'null', '65537', '"AQAB="'])),
  ],
  [
    'short number',
    (entry, chance) =>
      cutMember(entry, chance.pick(['n', 'x', 'y']), (text) => text.slice(0, text.length >> 1)),
  ],
  [
    'broken number',
    (entry, chance) => cutMember(entry, chance.pick(['n', 'x', 'y']), (text) => `${text.slice(1)}!`),
  ],
  [
    'other point',
    (entry) => cutMember(entry, 'y', (text) => [...text].reverse().join('').replace(/^./, 'A')),
  ],
  ['huge number', (entry) => cutMember(entry, 'n', (text) => `${text.repeat(5)}`)],
  [
    'curve',
    (entry, chance) =>
      set(
        entry,
        'crv',
        chance.pick(['"P-384"', '"P-256K"', '"secp256k1"', '"Ed25519"', '"Ed448"', '1', '""']),
      ),
  ],
  ['repeated member', (entry, chance) => [...entry, chance.pick(entry)]],
  ['prototype', (entry) => [...entry, ['__proto__', '{"kty":"oct"}']]],
];

function cutMember(entry: Entry, name: string, change: (text: string) => string): Entry {
  const before = textIn(entry, name);
  return before === '' ? entry : set(entry, name, JSON.stringify(change(before)));
}

const NO_KEYS = ['null', '1', '"x"', '[]', '{}', 'true', '[{"kty":"RSA"}]'];

export interface MadeSet {
  readonly body: Uint8Array;
  /** What was done to it: keys differ from run to run, this does not. */
  readonly label: string;
}

/** A set of some of these keys, with a flaw now and then. */
export function makeSet(chance: Chance, pairs: readonly Pair[]): MadeSet {
  const labels: string[] = [];
  const entries = chance.some(pairs, chance.int(1, 4)).map((pair) => {
    labels.push(pair.name);
    return entryOf(chance, pair, labels);
  });
  const [container, body] = contained(chance, entries);
  if (!chance.oneIn(10)) return { body: Buffer.from(body), label: [...labels, container].join() };
  return { body: mutated(chance, body), label: [...labels, container, 'mutated'].join() };
}

function entryOf(chance: Chance, { key }: Pair, labels: string[]): string {
  if (chance.oneIn(40)) {
    labels.push('no key');
    return chance.pick(NO_KEYS);
  }
  let entry: Entry = Object.entries(key.jwk).map(([name, value]) => [name, JSON.stringify(value)]);
  if (chance.oneIn(4)) {
    const [name, make] = chance.pick(FLAWS);
    labels.push(name);
    entry = make(entry, chance);
  }
  return `{${chance
    .some(entry, entry.length)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join()}}`;
}

const MEGABYTE = 1024 * 1024;

function contained(chance: Chance, entries: readonly string[]): readonly [label: string, text: string] {
  const keys = `[${entries.join()}]`;
  if (!chance.oneIn(8)) return ['', `{"keys":${keys}}`];
  const options: readonly (readonly [string, () => string])[] = [
    ['empty', () => '{"keys":[]}'],
    ['no keys', () => '{}'],
    ['keys elsewhere', () => `{"Keys":${keys}}`],
    ['bare list', () => keys],
    ['keys twice', () => `{"keys":[],"keys":${keys}}`],
    ['keys as an object', () => `{"keys":{"0":${entries[0] ?? '{}'},"length":1}}`],
    ['keys in the prototype', () => `{"__proto__":{"keys":${keys}}}`],
    ['more members', () => `{"x":${'['.repeat(100)}${']'.repeat(100)},"keys":${keys},"__proto__":null}`],
    ['too deep', () => `{"keys":${keys},"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['too many', () => `{"keys":[${Array.from({ length: 101 }, () => entries[0]).join()}]}`],
    [
      'ten thousand',
      () =>
        `{"keys":[${Array.from({ length: 10_000 }, (_, index) => `{"kty":"XXX","kid":"${index}"}`).join()}]}`,
    ],
    ['long string', () => `{"x":"${'x'.repeat(MEGABYTE - 10_000)}","keys":${keys}}`],
    ['too large', () => `{"keys":${keys}}${' '.repeat(MEGABYTE)}`],
  ];
  const [label, text] = chance.pick(options);
  return [label, text()];
}
