import t from 'tap';
import { readDestinationList } from '../../src/checker/payload.js';

const read = (text: string, targetField = 'name') => readDestinationList(Buffer.from(text), targetField);
const listing = (records: string) => read(`{"destinationList":${records},"success":"yes"}`);

t.test('the destinations that count are active and named, in order', async (t) => {
  const text = `{
    "destinationList":[
      {"name":"CIP","active":true,"comment":"x","host":{"a":[1]}},
      {"name":"FOO","active":true}],
    "success":"yes","version":2}`;
  t.same(read(text), { ok: true, value: { names: ['CIP', 'FOO'], total: 2, inactive: 0, malformed: 0 } });
});

t.test('an empty list is a list', async (t) => {
  t.same(listing('[]'), { ok: true, value: { names: [], total: 0, inactive: 0, malformed: 0 } });
});

t.test('only the boolean true is active', async (t) => {
  const records = ['false', '"true"', '1', 'null', '{}', '[true]', '"yes"', '"1"', '["1"]'].map(
    (active) => `{"name":"A","active":${active}}`,
  );
  const rest = ['{"name":"A"}', '"A"', 'null', '[]', '5'];
  const result = listing(`[${[...records, ...rest].join(',')}]`);
  t.same(result, { ok: true, value: { names: [], total: 14, inactive: 14, malformed: 0 } });
});

t.test('an active record without a string in the target field is malformed', async (t) => {
  const values = ['null', '1', '["A"]', '{"a":1}', 'true'].map((name) => `{"active":true,"name":${name}}`);
  const result = listing(
    `[{"active":true},${values.join(',')},{"active":true,"Name":"A"},{"active":true,"name":"A"}]`,
  );
  t.same(result, { ok: true, value: { names: ['A'], total: 8, inactive: 0, malformed: 7 } });
});

t.test('a record that is neither active nor named is inactive, and counted once', async (t) => {
  t.match(listing('[{"active":false},{"name":1}]'), { ok: true, value: { inactive: 2, malformed: 0 } });
});

t.test('the target field is the configured one, also when it is named oddly', async (t) => {
  const text = '{"success":"yes","destinationList":[{"active":true,"name":"A","code":"B","__proto__":"C"}]}';
  for (const [field, name] of [
    ['code', 'B'],
    ['__proto__', 'C'],
    ['name', 'A'],
  ] as const) {
    t.match(read(text, field), { ok: true, value: { names: [name] } });
  }
  t.match(read(text, 'toString'), { ok: true, value: { names: [], malformed: 1 } });
});

t.test('success is exactly the string yes', async (t) => {
  for (const success of ['true', '"no"', '"Yes"', '"yes "', '1', 'null', '["yes"]', '{"yes":true}', '""']) {
    t.equal(read(`{"destinationList":[],"success":${success}}`).ok, false, success);
  }
  t.equal(read('{"destinationList":[]}').ok, false);
});

t.test('the list is an array', async (t) => {
  for (const list of ['{}', 'null', '"CIP"', '{"0":{"name":"CIP","active":true},"length":1}', 'true', '1']) {
    t.equal(listing(list).ok, false, list);
  }
  t.equal(read('{"success":"yes"}').ok, false);
  t.equal(read('{"success":"yes","destinationlist":[]}').ok, false);
});

t.test('anything that is not one strict JSON object is not a list', async (t) => {
  const texts = [
    '',
    'null',
    '[]',
    '"yes"',
    '<html>',
    '{"success":"yes","destinationList":[',
    '\ufeff{}',
    '{}x',
  ];
  for (const text of texts) t.equal(read(text).ok, false, encodeURI(text));
  t.equal(read('{"success":"no","success":"yes","destinationList":[]}').ok, false, 'a repeated member');
  t.equal(readDestinationList(Buffer.from([0x7b, 0xff, 0x7d]), 'name').ok, false, 'invalid UTF-8');
});

t.test('a repeated member is no harm where nothing is read from it', async (t) => {
  const records = '[{"name":"FOO","name":"CIP","active":true}]';
  const text = `{"success":"yes","x":1,"x":2,"destinationList":${records}}`;
  t.match(read(text), { ok: true, value: { names: ['CIP'] } });
  t.equal(read(`{"success":"yes","destinationList":[],"destinationList":${records}}`).ok, false);
  t.equal(read(`{"success":"yes","\\u0073uccess":"yes","destinationList":${records}}`).ok, false);
});

t.test('what is said about a bad answer quotes nothing of it', async (t) => {
  const result = read('{"success":"SECRET","destinationList":["SECRET"]}');
  t.equal(result.ok, false);
  if (!result.ok) t.notMatch(result.failure, 'SECRET');
});
