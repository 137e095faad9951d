import type { Chance } from './chance.js';

type Mutation = (text: Buffer, chance: Chance) => Uint8Array;

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const cut = (text: Buffer, chance: Chance): number => chance.int(0, text.length);
const inserted = (text: Buffer, chance: Chance, what: Buffer): Buffer => {
  const at = cut(text, chance);
  return Buffer.concat([text.subarray(0, at), what, text.subarray(at)]);
};

/** What is no UTF-8: a lone continuation, an overlong form, a surrogate, beyond Unicode, a cut-off sequence. */
const NO_UTF8 = [
  bytes(0x80),
  bytes(0xc0, 0x80),
  bytes(0xed, 0xa0, 0x80),
  bytes(0xf4, 0x90, 0x80, 0x80),
  bytes(0xe2, 0x82),
  bytes(0xff),
];
const FOREIGN = [
  '\0',
  '\u00a0',
  '\u2028',
  '/**/',
  '//\n',
  "'",
  ',',
  'NaN',
  'Infinity',
  '\\',
  '"',
  '{',
  ']',
  '\t',
  '\x0b',
];

/** What becomes of a good JSON text on a bad day. Many results are JSON still. */
const MUTATIONS: readonly Mutation[] = [
  (text, chance) => text.subarray(0, cut(text, chance)),
  (text) => text.subarray(0, -1),
  (text) => text.subarray(1),
  (text, chance) => {
    const changed = Buffer.from(text);
    const at = chance.int(0, Math.max(0, text.length - 1));
    if (text.length > 0) changed[at] = (changed[at] ?? 0) ^ (1 << chance.int(0, 7));
    return changed;
  },
  (text, chance) => {
    const at = cut(text, chance);
    return Buffer.concat([text.subarray(0, at), text.subarray(Math.min(text.length, at + chance.int(1, 4)))]);
  },
  (text, chance) => {
    const [from, to] = [cut(text, chance), cut(text, chance)].sort((one, other) => one - other);
    return Buffer.concat([text.subarray(0, to), text.subarray(from)]);
  },
  (text, chance) => inserted(text, chance, Buffer.from(chance.pick(FOREIGN))),
  (text, chance) => inserted(text, chance, chance.pick(NO_UTF8)),
  (text) => Buffer.concat([bytes(0xef, 0xbb, 0xbf), text]),
  (text) => Buffer.concat([text, text]),
  (text, chance) =>
    Buffer.concat([text, Buffer.from(chance.pick(['\n', ' \t\r\n', 'x', '\0', ',', '}', '\u00a0']))]),
  (text) => Buffer.from(text.toString('utf8'), 'utf16le'),
  (text) => Buffer.from(text.toString('utf8').replaceAll('"', "'")),
  (text) => Buffer.from(text.toString('utf8').replace(/([\]}])$/, ',$1')),
  (text) => Buffer.from(`)]}',\n${text.toString('utf8')}`),
  (text) => Buffer.from(JSON.stringify(text.toString('utf8'))),
  (text) => Buffer.from(`[${text.toString('utf8')}]`),
  () => Buffer.from('<!doctype html><title>Sign in</title><p>{"success":"yes"}'),
  () => Buffer.alloc(0),
  () => Buffer.from('null'),
];

/** @param text JSON */
export function mutated(chance: Chance, text: string): Uint8Array {
  return chance.pick(MUTATIONS)(Buffer.from(text), chance);
}
