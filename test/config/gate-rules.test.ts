import t from 'tap';
import { type Case, holdCases, loaded, MINIMAL, problems } from './fixture.js';

const D = 'notification_schema.dissemination';
const stream = (inner: string): string => `notification_schema: { dissemination: ${inner} }`;
const rule = (inner: string): string => stream(`{ identifier: { destination: ${inner} } }`);
const POINT = 'ecpds: { match_key: point }';
const point = (inner: string): string => stream(`{ identifier: { point: ${inner} }, topic: null }`);
const auth = (inner: string): string => stream(`{ auth: ${inner} }`);

const CASES: readonly Case[] = [
  ['no topic block at all', stream('{ topic: null }')],
  [
    'a topic without the match key',
    stream('{ topic: { key_order: [target] } }'),
    [`${D}.topic.key_order`, /lacks/],
  ],
  ['a topic without key_order', stream('{ topic: { key_order: null } }'), [`${D}.topic.key_order`, /lacks/]],
  [
    'a topic whose key differs in case',
    stream('{ topic: { key_order: [Destination] } }'),
    [`${D}.topic.key_order`, /lacks/],
  ],
  [
    'a topic without the match key, accepted',
    `${stream('{ topic: { key_order: [target] } }')}\nsidecar: { allow_unrouted_match_key: true }`,
  ],
  [
    'key_order of the wrong type',
    stream('{ topic: { key_order: destination } }'),
    [`${D}.topic.key_order`, /list/],
  ],
  [
    'no rule for the match key',
    'ecpds: { match_key: dest }',
    [`${D}.identifier.dest`, /missing/],
    [`${D}.topic.key_order`, /lacks/],
  ],
  [
    'an inherited name as match key',
    'ecpds: { match_key: constructor }',
    [`${D}.identifier.constructor`, /missing/],
    [`${D}.topic.key_order`, /lacks/],
  ],
  ['a point that is text', `${POINT}\n${point('{ type: StringHandler, required: true }')}`],
  [
    'a point of another rule',
    `${POINT}\n${point('{ type: EnumHandler, values: [a], required: true }')}`,
    [`${D}.identifier.point.type`, /as it is written/],
  ],
  ['no identifier', stream('{ identifier: null }'), [`${D}.identifier.destination`, /missing/]],
  ['a rule that is null', rule('null'), [`${D}.identifier.destination`, /empty/]],
  ['an optional match key', rule('{ required: false }'), [`${D}.identifier.destination.required`, /false/]],
  ['required left out', rule('{ required: null }'), [`${D}.identifier.destination.required`, /missing/]],
  ['a rule without type', rule('{ type: null }'), [`${D}.identifier.destination.type`, /missing/]],
  ['an Enum rule', rule('{ type: EnumHandler, values: [a, b] }')],
  ['an Int rule', rule('{ type: IntHandler, range: [1, 5] }')],
  ['a String rule of a length', rule('{ max_length: 4 }')],
  ['a negative length', rule('{ max_length: -4 }'), [`${D}.identifier.destination.max_length`, /range/]],
  [
    'an Enum rule without values',
    rule('{ type: EnumHandler }'),
    [`${D}.identifier.destination.values`, /missing/],
  ],
  [
    'a range of one',
    rule('{ type: IntHandler, range: [1] }'),
    [`${D}.identifier.destination.range`, /items/],
  ],
  [
    'a range beyond 64 bits',
    rule('{ type: IntHandler, range: [0, 9223372036854775808] }'),
    [`${D}.identifier.destination.range[1]`, /range/],
  ],
  [
    'a range of fractions',
    rule('{ type: IntHandler, range: [0.5, 2] }'),
    [`${D}.identifier.destination.range[0]`, /whole/],
  ],
  ['a key of another rule', rule('{ values: [a] }'), [`${D}.identifier.destination.values`, /known/]],
  ['a slip in a rule', rule('{ max_lenght: 4 }'), [`${D}.identifier.destination.max_lenght`, /known/]],
  ['a description', rule('{ description: Where it goes }')],
  ...['DateHandler', 'ExpverHandler', 'FloatHandler', 'TimeHandler', 'PolygonHandler', 'NewHandler'].map(
    (type): Case => [
      `${type} as match key`,
      rule(`{ type: ${type}${type === 'DateHandler' ? ', canonical_format: x' : ''} }`),
      [`${D}.identifier.destination.type`, /no rule for/],
    ],
  ),
  [
    'a rule of another version elsewhere',
    stream('{ identifier: { other: { type: NewHandler, whatever: 1 } } }'),
  ],
  [
    'a slip in a rule elsewhere',
    stream('{ identifier: { other: { type: TimeHandler, required: true, x: 1 } } }'),
    [`${D}.identifier.other.x`, /known/],
  ],
  ['plugins empty', auth('{ plugins: [] }'), [`${D}.auth.plugins`, /empty/]],
  ['another plugin', auth('{ plugins: [ecpds, opa] }'), [`${D}.auth.plugins[1]`, /not a known plugin/]],
  ['plugins as text', auth('{ plugins: ecpds }'), [`${D}.auth.plugins`, /list/]],
  ['plugins without a user', auth('{ required: false }'), [`${D}.auth.plugins`, /required/]],
  ['required left out of auth', auth('{ required: null }'), [`${D}.auth.required`, /missing/]],
  ['an unknown key of auth', auth('{ plugin: [ecpds] }'), [`${D}.auth.plugin`, /known/]],
  [
    'no roles',
    auth('{ read_roles: {}, write_roles: {} }'),
    [`${D}.auth.read_roles`, /empty/],
    [`${D}.auth.write_roles`, /empty/],
  ],
  ['a realm without roles', auth('{ read_roles: { a: [] } }'), [`${D}.auth.read_roles.a`, /no role/]],
  ['a padded role', auth('{ write_roles: { a: [" x"] } }'), [`${D}.auth.write_roles.a[0]`, /around/]],
  [
    'roles without a user',
    auth('{ required: false, plugins: null, read_roles: { a: [b] }, write_roles: { a: [b] } }'),
    [`${D}.auth.read_roles`, /required/],
    [`${D}.auth.write_roles`, /required/],
  ],
  [
    'auth off',
    'auth: { enabled: false }',
    [`${D}.auth.required`, /enabled/],
    [`${D}.auth.plugins`, /enabled/],
  ],
  [
    'a schema that is null',
    'notification_schema: { other: null }',
    ['notification_schema.other', /not a map/],
  ],
  [
    'a schema of a name with dots',
    'notification_schema: { a.b: { auth: { required: 5 } } }',
    ['notification_schema["a.b"].auth.required', /whole number/],
  ],
];

t.test('schemas', async (t) => holdCases(t, CASES));

t.test('a second gated schema is named when the match key is not its own', async (t) => {
  const overlay = 'notification_schema: { other: { auth: { required: true, plugins: [ecpds] } } }';
  t.match(await problems([MINIMAL, overlay]), [{ path: 'notification_schema.other.identifier.destination' }]);
});

t.test('schemas with the names of object members are schemas like any other', async (t) => {
  const gated =
    'identifier: { destination: { type: StringHandler, required: true } }, auth: { required: true, plugins: [ecpds] }';
  const { config } = await loaded([
    MINIMAL,
    `notification_schema: { __proto__: { ${gated} }, constructor: {} }`,
  ]);
  t.strictSame([...config.notification_schema.keys()], ['dissemination', '__proto__', 'constructor']);
  t.equal(config.notification_schema.get('__proto__')?.gated, true);
  t.strictSame(config.notification_schema.get('constructor'), {
    required: false,
    read_roles: null,
    gated: false,
    match_rule: null,
  });
});

t.test('the rule of the match key is kept exactly', async (t) => {
  const ruleOf = async (inner: string) =>
    (await loaded([MINIMAL, rule(inner)])).config.notification_schema.get('dissemination')?.match_rule;
  t.strictSame(await ruleOf('{ max_length: 4 }'), { type: 'StringHandler', max_length: 4 });
  t.strictSame(await ruleOf('{}'), { type: 'StringHandler', max_length: null });
  t.strictSame(await ruleOf('{ type: EnumHandler, values: [A, "1"] }'), {
    type: 'EnumHandler',
    values: ['A', '1'],
  });
  t.strictSame(await ruleOf('{ type: IntHandler, range: [-9223372036854775808, 9223372036854775807] }'), {
    type: 'IntHandler',
    range: [-(2n ** 63n), 2n ** 63n - 1n],
  });
  t.strictSame(await ruleOf('{ type: IntHandler }'), { type: 'IntHandler', range: null });
});

t.test('notification_schema_strict is as written, else true when there is any schema', async (t) => {
  const strict = async (...texts: string[]) => (await loaded(texts)).config.notification_schema_strict;
  t.equal(await strict(MINIMAL), true);
  t.equal(await strict(MINIMAL, 'notification_schema_strict: false'), false);
  t.equal(await strict('notification_schema: {}'), false);
  t.equal(await strict('notification_schema_strict: true'), true);
});
