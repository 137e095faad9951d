import fc from 'fast-check';
import t from 'tap';
import type { MatchRule } from '../../src/domain/match-rule.js';
import { JsonNumber, JsonObject, type JsonValue } from '../../src/json/strict-json.js';
import { canonicalMatchKey } from '../../src/request/match-key.js';

const STRING: MatchRule = { type: 'StringHandler', max_length: null };
const INT: MatchRule = { type: 'IntHandler', range: null };
const number = (lexeme: string) => new JsonNumber(lexeme);
/** The canonical value, or null for a refusal. */
const canonical = (rule: MatchRule, value: JsonValue): string | null => {
  const result = canonicalMatchKey(rule, value);
  return result.ok ? result.value : null;
};

t.test('StringHandler leaves a value as it is', async (t) => {
  for (const text of [
    'CIP',
    'cip',
    ' CIP ',
    '\tx',
    'Ünïcode',
    'e\u0301',
    '😀',
    '**',
    'a*',
    '\0',
    '%',
    '.',
    '007',
  ]) {
    t.equal(canonical(STRING, text), text, encodeURI(text));
  }
});

t.test('StringHandler refuses the empty string and the wildcard', async (t) => {
  t.equal(canonical(STRING, ''), null);
  t.equal(canonical(STRING, '*'), null);
});

t.test('max_length counts bytes of UTF-8', async (t) => {
  const rule: MatchRule = { type: 'StringHandler', max_length: 4 };
  for (const fits of ['abcd', 'éé', '😀', '日a']) t.equal(canonical(rule, fits), fits);
  for (const not of ['abcde', 'ééa', '😀a', '日日']) t.equal(canonical(rule, not), null);
});

t.test('EnumHandler takes its values in any case and makes them lower case', async (t) => {
  const rule: MatchRule = { type: 'EnumHandler', values: ['CIP', 'foo', 'ÜBER', '*'] };
  for (const text of ['CIP', 'cip', 'cIp']) t.equal(canonical(rule, text), 'cip');
  t.equal(canonical(rule, 'FOO'), 'foo');
  t.equal(canonical(rule, 'über'), 'über');
  for (const not of ['', 'CI', 'CIPS', ' CIP', 'CIP ', 'U\u0308BER', '*'])
    t.equal(canonical(rule, not), null);
  t.equal(canonical({ type: 'EnumHandler', values: [] }, 'x'), null);
});

t.test('IntHandler makes decimal digits without sign, zeros or spaces', async (t) => {
  const same: readonly (readonly [string, string | null])[] = [
    ['5', '5'],
    ['+5', '5'],
    ['007', '7'],
    ['+007', '7'],
    ['-5', '-5'],
    ['-005', '-5'],
    ['0', '0'],
    ['-0', '0'],
    ['+0', '0'],
    ['000', '0'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    [`${'0'.repeat(200_000)}7`, '7'],
    ['9223372036854775808', null],
    ['-9223372036854775809', null],
    ['9'.repeat(200_000), null],
    ...[
      '',
      ' 5',
      '5 ',
      '5.0',
      '5e0',
      '0x5',
      '+-5',
      '--5',
      '+',
      '-',
      '٥',
      '1_0',
      '1,0',
      '*',
      'five',
      '5\n',
    ].map((text) => [text, null] as const),
  ];
  for (const [text, expected] of same) t.equal(canonical(INT, text), expected, text.trim().slice(0, 30));
});

t.test('IntHandler holds to its range, ends included', async (t) => {
  const rule: MatchRule = { type: 'IntHandler', range: [-2n, 3n] };
  for (const text of ['-2', '0', '+3', '003']) t.not(canonical(rule, text), null, text);
  for (const text of ['-3', '4']) t.equal(canonical(rule, text), null, text);
});

t.test('IntHandler takes a safe integer written plainly, and no other number', async (t) => {
  for (const lexeme of ['0', '5', '-5', '9007199254740991', '-9007199254740991']) {
    t.equal(canonical(INT, number(lexeme)), lexeme);
  }
  for (const lexeme of [
    '-0',
    '5.0',
    '5e0',
    '1E2',
    '9007199254740992',
    '9223372036854775807',
    '0.0',
    '1e400',
  ]) {
    t.equal(canonical(INT, number(lexeme)), null, lexeme);
  }
});

t.test('nothing but a string is taken by the other rules', async (t) => {
  const values: JsonValue[] = [null, true, false, number('5'), [], ['CIP'], new JsonObject()];
  const rules: MatchRule[] = [STRING, { type: 'EnumHandler', values: ['5', 'true', 'null'] }];
  for (const rule of rules) for (const value of values) t.equal(canonical(rule, value), null);
  for (const value of values.filter((value) => !(value instanceof JsonNumber)))
    t.equal(canonical(INT, value), null);
});

t.test('the sentence for the client does not repeat the value', async (t) => {
  const result = canonicalMatchKey({ type: 'EnumHandler', values: ['a'] }, 'somebody-elses');
  t.equal(result.ok, false);
  if (!result.ok) t.notMatch(result.failure, 'somebody-elses');
});

/** The table of contract section 2 written down a second time, in another way. */
function reference(rule: MatchRule, text: string): string | null {
  if (text === '*') return null;
  switch (rule.type) {
    case 'StringHandler':
      return text.length > 0 &&
        new TextEncoder().encode(text).length <= (rule.max_length ?? Number.POSITIVE_INFINITY)
        ? text
        : null;
    case 'EnumHandler':
      return (
        rule.values.map((value) => value.toLowerCase()).find((value) => value === text.toLowerCase()) ?? null
      );
    case 'IntHandler': {
      const digits = [...text.replace(/^[+-]/, '')];
      if (digits.length === 0 || !digits.every((digit) => '0123456789'.includes(digit))) return null;
      const size = digits.reduce((sum, digit) => sum * 10n + BigInt(digit.charCodeAt(0) - 48), 0n);
      const value = text.startsWith('-') ? -size : size;
      const inside = rule.range === null || (rule.range[0] <= value && value <= rule.range[1]);
      return BigInt.asIntN(64, value) === value && inside ? `${value}` : null;
    }
  }
}

const rules = fc.oneof(
  fc.record({ type: fc.constant('StringHandler' as const), max_length: fc.option(fc.nat({ max: 12 })) }),
  fc.record({
    type: fc.constant('EnumHandler' as const),
    values: fc.array(fc.constantFrom('CIP', 'foo', 'Ü', '7', '*')),
  }),
  fc.record({
    type: fc.constant('IntHandler' as const),
    range: fc.option(fc.tuple(fc.bigInt(-99n, 0n), fc.bigInt(0n, 99n))),
  }),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('cip', 'CIP', 'Foo', 'ü', '*', '', ' 7', '7', '+07', '-0', '9223372036854775808'),
  fc.stringMatching(/^[+-]?0{0,3}[0-9]{1,20}$/),
);

t.test('every rule agrees with a second implementation of the table', async () => {
  fc.assert(
    fc.property(rules, texts, (rule, text) => canonical(rule, text) === reference(rule, text)),
    { numRuns: 5000 },
  );
});
