import fc from 'fast-check';
import t from 'tap';
import { JsonNumber, JsonObject, type JsonValue, readStrictJson } from '../../src/json/strict-json.js';

const read = (text: string) => readStrictJson(Buffer.from(text));

/** What `JSON.parse` would have made of it. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.lexeme);
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof JsonObject)) return value;
  return Object.fromEntries([...value.members].map(([name, member]) => [name, plain(member)]));
}

function parsed(text: string): { ok: boolean; value: unknown } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, value: undefined };
  }
}

t.test('whatever JSON.stringify writes is read as JSON.parse reads it', async () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
      const text = JSON.stringify(value);
      const result = read(text);
      const same = result.ok && JSON.stringify(plain(result.value)) === JSON.stringify(JSON.parse(text));
      return same && result.ok && !repeats(result.value);
    }),
    { numRuns: 500 },
  );
});

function repeats(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(repeats);
  return value instanceof JsonObject && (value.repeated || [...value.members.values()].some(repeats));
}

/** Texts that look like JSON far more often than arbitrary ones do. */
const jsonish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'{}[],:"\\-+.eE0123456789 \n\ttrufalsn/',
        '\\u',
        '\\ud800',
        '\\udc00',
        '1e308',
        '""',
        'é',
        '\ufeff',
      ),
      fc.constantFrom('true', 'false', 'null', '"a":', '"__proto__":', '[[', ']]', '\0', '\u00a0', '😀'),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

for (const [what, texts] of Object.entries({
  arbitrary: fc.string({ unit: 'binary' }),
  'JSON-like': jsonish,
})) {
  t.test(`on ${what} texts it never throws and accepts only what JSON.parse accepts`, async () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = read(text);
        if (!result.ok) return true;
        const reference = parsed(text);
        return reference.ok && JSON.stringify(plain(result.value)) === JSON.stringify(reference.value);
      }),
      { numRuns: 3000 },
    );
  });
}

t.test('on arbitrary bytes it never throws', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => typeof readStrictJson(bytes).ok === 'boolean'),
  );
});

const BODY = 262_144;
const fill = (unit: string, size = BODY) => unit.repeat(Math.floor(size / Buffer.byteLength(unit)));

/** Shapes that a reader with a quadratic corner would take minutes for. */
const HOSTILE: Record<string, string> = {
  'white space': fill(' '),
  'open brackets': fill('['),
  'open braces': fill('{"a":'),
  'one digit after another': fill('9'),
  'zeros before an exponent': `0.${fill('0', BODY - 10)}1e9`,
  'a number at the end of the range': `1${fill('0', BODY - 400)}e-${BODY - 710}`,
  'an exponent without end': `1e${fill('9', BODY - 2)}`,
  'minus signs': fill('-'),
  quotes: fill('"'),
  backslashes: `"${fill('\\', BODY - 2)}"`,
  escapes: `"${fill('\\u0041', BODY - 8)}"`,
  'surrogate pairs': `"${fill('\\ud83d\\ude00', BODY - 14)}"`,
  'an open string': `"${fill('a', BODY - 1)}`,
  'a flat array': `[${fill('1,', BODY - 4)}1]`,
  'an array of numbers near the largest': `[${fill('1e308,', BODY - 8)}1]`,
  'one name again and again': `{${fill('"a":1,', BODY - 10)}"a":1}`,
  'ever new names': `{${Array.from({ length: 20_000 }, (_, i) => `"${i}":1`).join(',')}}`,
  'arrays in arrays': fill('[[[[]]]],').slice(0, -1),
  'text of four bytes a letter': `"${fill('😀', BODY - 6)}"`,
  commas: `[${fill(',', BODY - 1)}`,
  'literals run together': fill('true'),
};

for (const [what, text] of Object.entries(HOSTILE)) {
  t.test(`a body full of ${what} comes to an end`, async (t) => {
    const result = read(text);
    t.equal(result.ok, result.ok && parsed(text).ok, 'and is accepted only when JSON.parse accepts it');
  });
}
