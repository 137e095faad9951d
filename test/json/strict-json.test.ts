import t from 'tap';
import {
  JsonNumber,
  JsonObject,
  type JsonValue,
  MAX_DEPTH,
  readStrictJson,
} from '../../src/json/strict-json.js';

const read = (text: string | Buffer) => readStrictJson(Buffer.from(text));
const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
const hex = (bytes: string) => Buffer.from(bytes.replaceAll(' ', ''), 'hex');

const ACCEPTED: Record<string, (string | Buffer)[]> = {
  literals: ['true', 'false', 'null', '"x"', '""', '0'],
  'white space of JSON': [' \t\r\n1 \t\r\n', '[ 1 , 2 ]', '{ "a" : 1 , "b" : 2 }', '[ ]', '{ }'],
  numbers: [
    '-0',
    '-1',
    '10',
    '1.5',
    '-0.5',
    '1e2',
    '1E+2',
    '1e-2',
    '1.0e00',
    '0.0',
    '123456789012345678901234567890',
  ],
  'numbers at the end of the range': [
    '1e308',
    '1.7976931348623157e308',
    '-1.7976931348623157e308',
    '0e999',
    '1e-400',
  ],
  escapes: [
    '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"\\u0000"',
    '"\\u00e9\\u00E9"',
    '"\\ud83d\\ude00"',
    '"a\\u0062c"',
  ],
  'text beyond ASCII': [
    '"é"',
    '"😀"',
    '"\u2028\u2029"',
    '"\u007f"',
    hex('22 ef bf bf 22'),
    hex('22 f4 8f bf bf 22'),
  ],
  'members of any name': [
    '{"":1}',
    '{"__proto__":1}',
    '{"constructor":{}}',
    '{"a":1,"a":2}',
    '{"toString":null}',
  ],
  'any number of siblings': [`[${'[],'.repeat(200)}[]]`, `[${'{},'.repeat(200)}{}]`],
  'nesting as deep as serde_json goes': [nested(127), nested(127, '{"a":', '}').replace(':}', ':1}')],
};

const REFUSED: Record<string, (string | Buffer)[]> = {
  nothing: ['', ' ', '\n'],
  'more than one document': ['1 2', '{}{}', '[],', 'true false', '{}x', '1,'],
  'a byte order mark': ['\ufeff{}', '\ufeff', hex('ff fe 7b 00 7d 00')],
  'white space that is not of JSON': ['\u00a01', '\f1', '\v1', '\u20281', '[1,\u00a02]', '1\0'],
  'words that are not literals': [
    'True',
    'TRUE',
    'nul',
    'undefined',
    'NaN',
    'Infinity',
    '-Infinity',
    't',
    'nulls',
  ],
  'numbers that are not of JSON': [
    ...[
      '01',
      '-01',
      '00',
      '+1',
      '.5',
      '1.',
      '1.e2',
      '-',
      '--1',
      '1e',
      '1e+',
      '1e1.5',
      '0x10',
      '1_000',
      '-.5',
      '١',
    ],
  ],
  'numbers beyond a double': [
    '1e309',
    '-1e309',
    '1e400',
    '[1e999]',
    '1.7976931348623158e308',
    `1${'0'.repeat(309)}`,
  ],
  'strings left open': ['"', '"a', '"a\\"', '"\\', '{"a', "'a'", '"a\n"', '"a\u0000"', '"a\u001f"', '"\t"'],
  'escapes that are not of JSON': [
    '"\\x41"',
    '"\\a"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\U0041"',
    '"\\0"',
    '"\\\n"',
    '"\\u+123"',
  ],
  'lone surrogates': [
    ...[
      '"\\ud800"',
      '"\\udc00"',
      '"\\udc00\\ud800"',
      '"\\ud800\\ud800"',
      '"\\ud800x"',
      '"\\ud800\\ue000"',
      '"\\ud800\\n"',
      '"\\uDBFF\\u0041"',
    ],
  ],
  'lone surrogates in names': ['{"\\ud800":1}', '{"a\\udfff":1}'],
  'invalid UTF-8': [
    ...[
      '22 ff 22',
      '22 c0 80 22',
      '22 c3 22',
      '22 ed a0 80 22',
      '22 f4 90 80 80 22',
      '22 e2 28 a1 22',
      '22 80 22',
    ].map(hex),
  ],
  'broken arrays': ['[', ']', '[1', '[1,', '[1,]', '[,1]', '[1 2]', '[1:2]', '[}', '[1}'],
  'broken objects': [
    '{',
    '}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{1:2}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1]',
  ],
  comments: ['//x\n1', '/*x*/1', '1//x', '#x\n1', '{"a":1/**/}'],
  'nesting deeper than serde_json goes': [
    nested(128),
    nested(128, '{"a":', '}').replace(':}', ':1}'),
    nested(100_000),
  ],
};

/** In ASCII without controls, as a test's name has to be. */
const shown = (text: string | Buffer): string => encodeURI(Buffer.from(text).toString('latin1').slice(0, 60));

for (const [what, texts] of Object.entries(ACCEPTED)) {
  t.test(`${what} are accepted`, async (t) => {
    for (const text of texts) t.equal(read(text).ok, true, shown(text));
  });
}

for (const [what, texts] of Object.entries(REFUSED)) {
  t.test(`${what}: refused`, async (t) => {
    for (const text of texts) t.equal(read(text).ok, false, shown(text));
  });
}

/** The value of a document that must be readable. */
function readValue(text: string): JsonValue {
  const result = read(text);
  if (!result.ok) throw new Error(result.failure);
  return result.value;
}

function objectOf(text: string): JsonObject {
  const value = readValue(text);
  if (!(value instanceof JsonObject)) throw new Error(`${text} is not an object`);
  return value;
}

t.test('the last of several members of one name is kept, and that there were several is told', async (t) => {
  const object = objectOf('{"a":1,"b":{"c":1},"a":"last"}');
  t.equal(object.members.get('a'), 'last');
  t.equal(object.repeated, true);
  t.equal(objectOf('{"a":1,"b":2}').repeated, false);
});

t.test('names are compared after unescaping', async (t) => {
  t.equal(objectOf('{"destination":1,"\\u0064estination":2}').repeated, true);
  t.equal(objectOf('{"😀":1,"\\ud83d\\ude00":2}').repeated, true);
  t.equal(objectOf('{"é":1,"e\u0301":2}').repeated, false, 'no Unicode normalisation');
  t.equal(objectOf('{"a":1,"A":2}').repeated, false, 'no case folding');
});

t.test('a repetition is told of the object it is in, not of those around it', async (t) => {
  const outer = objectOf('{"x":{"a":1,"a":2}}');
  const inner = outer.members.get('x');
  t.equal(outer.repeated, false);
  t.equal(inner instanceof JsonObject && inner.repeated, true);
});

t.test('__proto__ is a name like any other and pollutes nothing', async (t) => {
  const object = objectOf('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  t.same([...object.members.keys()], ['__proto__', 'constructor']);
  t.equal(objectOf('{"__proto__":1,"__proto__":2}').repeated, true);
  t.equal('polluted' in {}, false);
});

t.test('a number keeps the way it was written', async (t) => {
  for (const lexeme of ['1.0', '1e2', '-0', '100000000000000000000001', '1E+2', '0e999']) {
    const value = readValue(lexeme);
    t.ok(value instanceof JsonNumber);
    if (value instanceof JsonNumber) t.equal(value.lexeme, lexeme);
  }
});

t.test('strings are unescaped whole', async (t) => {
  t.equal(readValue('"a\\u0062\\n\\"\\ud83d\\ude00\\/z"'), 'ab\n"😀/z');
  t.equal(readValue('"\\u0000"'), '\0');
});

t.test('the reason is short, names a place and quotes nothing of the input', async (t) => {
  const secret = 'a-secret-a-client-sent';
  for (const text of [
    `{"a":${secret}}`,
    `"${secret}\u0001"`,
    `["${secret}" x]`,
    `{"${secret}" 1}`,
    `"\\${secret}"`,
  ]) {
    const result = read(text);
    t.equal(result.ok, false);
    if (result.ok) continue;
    t.match(
      result.failure,
      /^[a-zA-Z -]+( '.'( or '.')?)? at character \d+$|^[a-z A-Z',:}\]"]+ at character \d+$/,
    );
    t.notMatch(result.failure, secret);
  }
});

t.test('the limit of depth is the one the contract observed', async (t) => t.equal(MAX_DEPTH, 127));

t.test('bytes of a larger buffer are read as the part they are', async (t) => {
  const whole = Buffer.from('garbage[1]garbage');
  t.equal(readStrictJson(whole.subarray(7, 10)).ok, true);
  t.equal(readStrictJson(new Uint8Array(whole).subarray(7, 10)).ok, true);
});
