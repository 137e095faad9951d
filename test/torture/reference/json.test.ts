import t from 'tap';
import { type Json, memberOf, readJson, repeatsAnywhere, repeatsMember } from './json.js';

const read = (text: string | Uint8Array) => readJson(Buffer.from(text));

function plain(value: Json): unknown {
  switch (value.type) {
    case 'string':
      return value.text;
    case 'number':
      return { number: value.lexeme };
    case 'literal':
      return value.value;
    case 'array':
      return value.items.map(plain);
    case 'object':
      return value.entries.map(([name, member]) => [name, plain(member)]);
  }
}

t.test('a document becomes its tree, with every member and every number as it was written', async (t) => {
  const rows: [string, unknown][] = [
    ['null', null],
    [' \t\r\n"a" ', 'a'],
    ['[]', []],
    ['{}', []],
    ['[1,[],{},"",true,false]', [{ number: '1' }, [], [], '', true, false]],
    [
      '{"a":1,"a":{"b":[2.50e+1]}}',
      [
        ['a', { number: '1' }],
        ['a', [['b', [{ number: '2.50e+1' }]]]],
      ],
    ],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"', '"\\/\b\f\n\r\té😀'],
    ['{"__proto__":{"x":null}}', [['__proto__', [['x', null]]]]],
  ];
  for (const [text, tree] of rows) {
    const document = read(text);
    t.same(document === null ? 'refused' : plain(document.value), tree, text);
    t.equal(document?.isDoubtful, false, text);
  }
  const marks = read('"\u007f\u2028"')?.value;
  t.equal(
    marks?.type === 'string' ? marks.text : null,
    '\u007f\u2028',
    'and what only looks like an end of line',
  );
});

t.test('what RFC 8259 does not allow is no document', async (t) => {
  const texts = [
    '',
    ' ',
    '[',
    ']',
    '{',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{"a":1 "b":2}',
    '[1 2]',
    '1 2',
    '{}x',
    'nul',
    'True',
    '01',
    '+1',
    '.5',
    '1.',
    '-',
    '1e',
    '0x1',
    'NaN',
    "'a'",
    '"a',
    '"\t"',
    '"\\x"',
    '"\\u12"',
    '"\\ud800"',
    '"\\udc00"',
    '"\\udc00\\ud800"',
    '{"\\ud800":1}',
    '\ufeff{}',
    '\u00a0{}',
    '[1}',
    '{"a":1]',
    '1e400',
    '-1e400',
  ];
  for (const text of texts) t.equal(read(text), null, JSON.stringify(text));
  const bytes = [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xff, 0xfe, 0x7b, 0x7d],
  ];
  for (const document of bytes) t.equal(read(Uint8Array.from(document)), null, document.join());
});

t.test('depth is counted in containers: 127 are surely right, 128 is open, more is too deep', async (t) => {
  const deep = (depth: number) => read('['.repeat(depth) + ']'.repeat(depth));
  t.equal(deep(127)?.isDoubtful, false);
  t.equal(deep(128)?.isDoubtful, true);
  t.equal(deep(129), null);
  t.equal(read('['.repeat(200_000)), null);
  t.equal(read(`${'{"a":'.repeat(128)}1${'}'.repeat(128)}`)?.isDoubtful, true);
});

t.test('numbers beyond a double are out, those at its very end are open', async (t) => {
  for (const text of [
    '1.7e308',
    '0e99999999999',
    '1e-99999999999',
    `1${'0'.repeat(400)}e-400`,
    '9'.repeat(308),
  ])
    t.equal(read(text)?.isDoubtful, false, text.slice(0, 20));
  for (const text of ['1.7976931348623157e308', '1.7976931348623159e308'])
    t.equal(read(text)?.isDoubtful, true, text);
  for (const text of ['1.8e308', '9'.repeat(309), '1e99999999999999999999'])
    t.equal(read(text), null, text.slice(0, 20));
});

t.test('the last of several members counts, and repetition is seen at every level', async (t) => {
  const object = (text: string) => {
    const value = read(text)?.value;
    if (value?.type !== 'object') throw new Error(text);
    return value;
  };
  t.same(memberOf(object('{"a":1,"\\u0061":"x"}'), 'a'), { type: 'string', text: 'x' });
  t.equal(memberOf(object('{}'), 'toString'), undefined);
  t.equal(repeatsMember(object('{"a":1,"\\u0061":2}')), true);
  t.equal(repeatsMember(object('{"a":{"b":1,"b":2}}')), false);
  t.equal(repeatsAnywhere(object('{"a":[{"b":1,"b":2}]}')), true);
  t.equal(repeatsAnywhere(object('{"a":[{"b":1},{"b":2}]}')), false);
});
