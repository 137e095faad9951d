import fc from 'fast-check';

/** A body of a shape that no mutation comes upon, by what it is called. */
export interface Special {
  readonly name: string;
  /** @param eventType as it is written @param key the name of the match key */
  readonly bytes: (eventType: string, key: string) => Buffer;
}

const LIMIT = 262_144;
const body = (eventType: string, key: string, more = '', inIdentifier = ''): string =>
  `{"event_type":${eventType},"identifier":{"${key}":"CIP"${inIdentifier}}${more}}`;
const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth);

const special = (name: string, text: (eventType: string, key: string) => string | Buffer): Special => ({
  name,
  bytes: (eventType, key) => Buffer.from(text(eventType, key)),
});

/** Nested to about the limit, as a payload (one level is the envelope's) and within the identifier (two are). */
const DEEP = [100, 124, 125, 126, 127, 128, 129, 130].flatMap((depth) => [
  special(`a payload ${depth} deep`, (type, key) => body(type, key, `,"payload":${nested(depth, '[', ']')}`)),
  special(`a payload of objects ${depth} deep`, (type, key) =>
    body(type, key, `,"payload":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  ),
  special(`an identifier ${depth} deep`, (type, key) =>
    body(type, key, '', `,"x":${nested(depth, '[', ']')}`),
  ),
]);

const padded = (size: number): Special =>
  special(`a body of ${size} bytes`, (type, key) => {
    const text = body(type, key);
    return text + ' '.repeat(Math.max(0, size - Buffer.byteLength(text)));
  });
const filled = (size: number): Special =>
  special(`a payload that fills ${size} bytes`, (type, key) => {
    const empty = body(type, key, ',"payload":""');
    return body(type, key, `,"payload":"${'p'.repeat(Math.max(0, size - Buffer.byteLength(empty)))}"`);
  });

const SMALL = [
  ...DEEP,
  ...['', ' ', 'null', '[]', '{}', '5', '"x"', '[{}]', '{}{}', 'x', '\0'].map((text) =>
    special(JSON.stringify(text), () => text),
  ),
  special('the envelope by position', (type, key) => `[${type},{"${key}":"CIP"}]`),
  special('the envelope by position, whole', (type, key) => `[${type},{"${key}":"CIP"},null,null,null]`),
  special('two documents', (type, key) => body(type, key).repeat(2)),
  special('a byte order mark', (type, key) => `\ufeff${body(type, key)}`),
  special('UTF-16', (type, key) => Buffer.from(`\ufeff${body(type, key)}`, 'utf16le')),
  special('UTF-16 without a mark', (type, key) => Buffer.from(body(type, key), 'utf16le')),
  special('the beginning of gzip', () => Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])),
  special('a form', (type, key) => `event_type=${type}&${key}=CIP`),
  special('a value that is very long', (type, key) => body(type, key).replace('CIP', 'C'.repeat(3000))),
];

const keys = (count: number): string =>
  Array.from({ length: count }, (_, index) => `,"k${index}":${index}`).join('');
const LARGE = [
  ...[LIMIT - 1, LIMIT, LIMIT + 1].flatMap((size) => [padded(size), filled(size)]),
  special('a text of a megabyte', (type, key) => body(type, key).replace('CIP', 'C'.repeat(1_048_576))),
  special('a value that fills it', (type, key) => body(type, key).replace('CIP', 'C'.repeat(LIMIT - 200))),
  special('10,000 keys', (type, key) => body(type, key, '', keys(10_000))),
  special('10,000 keys in the envelope', (type, key) => body(type, key, keys(10_000))),
  special('one key 10,000 times', (type, key) =>
    body(type, key, `,"payload":{${'"a":1,'.repeat(10_000)}"a":1}`),
  ),
  special('100,000 arrays', (type, key) => body(type, key, `,"payload":${nested(100_000, '[', ']')}`)),
  special('40,000 objects', (type, key) => body(type, key, `,"payload":${'{"a":'.repeat(40_000)}`)),
  special('a number of 200,000 digits', (type, key) => body(type, key, '', `,"x":${'9'.repeat(200_000)}`)),
  special('an integer of 200,000 digits', (type, key) => body(type, key).replace('CIP', '9'.repeat(200_000))),
  special('200,000 zeros', (type, key) => body(type, key).replace('CIP', `${'0'.repeat(200_000)}5`)),
  special('200,000 backslashes', (type, key) => body(type, key).replace('CIP', '\\'.repeat(200_000))),
  special('40,000 escapes', (type, key) => body(type, key).replace('CIP', '\\u0041'.repeat(40_000))),
  special('blanks without end', () => ' '.repeat(LIMIT)),
];

export const SPECIAL: fc.Arbitrary<Special> = fc.oneof(
  { weight: 120, arbitrary: fc.constantFrom(...SMALL) },
  { weight: 1, arbitrary: fc.constantFrom(...LARGE) },
);
