import fc from 'fast-check';

/** What can happen to bytes on their way: some are put in, changed, taken out, said twice, or the end is cut off. */
export interface Harm {
  readonly kind: 'insert' | 'replace' | 'remove' | 'repeat' | 'cut';
  /** Where, as a share of the length. */
  readonly at: number;
  readonly piece: Buffer;
  readonly length: number;
}

const TEXTS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '\\u0000',
  '\0',
  '\n',
  ' ',
  '\v',
  '\u00a0',
  '\u2028',
  '\ufeff',
  'null',
  'true',
  '0',
  '-',
  '1e999',
  'e',
  '.',
  '5',
  '"a":',
  '"a":1,',
  ',"a":1',
  '""',
  '"event_type":"open",',
  '"identifier":{},',
  '/**/',
  '//',
  "'",
  '*',
  'é',
  '😀',
  '__proto__',
  '{}',
  '[[[[',
  ']]]]',
];
const BYTES = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x80],
  [0xc3],
  [0xef, 0xbb, 0xbf],
  [0xfe, 0xff],
  [0xe2, 0x82],
];
const PIECES = [...TEXTS.map((text) => Buffer.from(text)), ...BYTES.map((bytes) => Buffer.from(bytes))];

export const harms: fc.Arbitrary<Harm> = fc.record({
  kind: fc.constantFrom<Harm['kind']>('insert', 'insert', 'insert', 'replace', 'remove', 'repeat', 'cut'),
  at: fc.oneof(
    { weight: 8, arbitrary: fc.nat(999).map((share) => share / 1000) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1) },
  ),
  piece: fc.constantFrom(...PIECES),
  length: fc.integer({ min: 1, max: 12 }),
});

export const harmed = (bytes: Buffer, all: readonly Harm[]): Buffer => all.reduce(harmedOnce, bytes);

function harmedOnce(bytes: Buffer, { kind, at, piece, length }: Harm): Buffer {
  const position = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, position), bytes.subarray(position)];
  switch (kind) {
    case 'insert':
      return Buffer.concat([before, piece, after]);
    case 'replace':
      return Buffer.concat([before, piece, after.subarray(piece.length)]);
    case 'remove':
      return Buffer.concat([before, after.subarray(length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 'cut':
      return before;
  }
}
