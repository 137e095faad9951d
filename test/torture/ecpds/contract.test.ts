import t from 'tap';
import { merge, readAnswer, type Said } from './contract.js';
import { Members, readJson } from './json.js';
import { askedFor } from './users.js';

const said = (text: string, status = 200, field = 'name') => readAnswer(status, Buffer.from(text), field);
const names = (answer: Said) => (answer.usable ? [...answer.names] : answer.kind);

t.test('the second reader of JSON takes what the gateway takes', async (t) => {
  for (const text of [
    '{}',
    ' [1,-0,1e308,"\\ud83d\\ude00"]\n',
    '"\\u0000"',
    '{"a":{"__proto__":1}}',
    '[[],{}]',
  ]) {
    t.not(readJson(Buffer.from(text)), undefined, text);
  }
  const deep = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
  t.not(readJson(deep(127)), undefined);
  for (const text of ['', '{', '[1,]', '1e400', '"\\ud800"', '\ufeff{}', '{}{}', "{'a':1}", 'NaN']) {
    t.equal(readJson(Buffer.from(text)), undefined, text);
  }
  t.equal(readJson(deep(128)), undefined);
  t.equal(readJson(Buffer.from([0x22, 0xff, 0x22])), undefined);
});

t.test('it keeps every member, in order', async (t) => {
  const object = readJson(Buffer.from('{"a":1,"b":"{,:}","\\u0061":true}'));
  t.ok(object instanceof Members && object.count('a') === 2 && object.last('a') === true);
});

t.test('the second reading of section 3', async (t) => {
  const list = '[{"name":"A","active":true},{"name":"B"},{"name":1,"active":true},null]';
  t.same(names(said(`{"destinationList":${list},"success":"yes"}`)), ['A']);
  t.equal(names(said(`{"destinationList":${list},"success":"Yes"}`)), 'InvalidResponse');
  t.equal(names(said(`{"destinationList":${list},"success":"yes","success":"yes"}`)), 'InvalidResponse');
  t.equal(names(said('{"destinationList":{},"success":"yes"}')), 'InvalidResponse');
  const statuses = [201, 302, 401, 403, 404, 500, 600].map((status) => names(said('{}', status)));
  t.same(statuses, [
    ...['InvalidResponse', 'ClientError', 'Unauthorized', 'Forbidden', 'ClientError', 'ServerError'],
    'InvalidResponse',
  ]);
});

t.test('the worst failure, and the union', async (t) => {
  const failed = (kind: 'ServerError' | 'Forbidden'): Said => ({ usable: false, kind });
  const one: Said = { usable: true, names: new Set(['A']) };
  const two: Said = { usable: true, names: new Set(['B']) };
  t.match(merge([one, two], 'strict'), { names: new Set(['A', 'B']), worst: null, label: 'success' });
  t.match(merge([one, failed('ServerError'), failed('Forbidden')], 'any_success'), {
    names: new Set(['A']),
    worst: 'Forbidden',
    label: 'http_403',
  });
  t.match(merge([one, failed('ServerError')], 'strict'), { names: null, worst: 'ServerError' });
});

t.test('the user of a request-target', async (t) => {
  const asked = (query: string) => askedFor(`/x/ecpds/v1/destination/list?id=${query}`);
  t.same(['a%26b', '%C3%A9', '%2B%20', ''].map(asked), ['a&b', 'é', '+ ', '']);
  t.same(['a&b=c', 'a+b', '%FF', '%4', 'a?b'].map(asked), [null, null, null, null, null]);
  t.equal(askedFor('/ecpds/v1/destination/list/../x?id=a'), null);
});
