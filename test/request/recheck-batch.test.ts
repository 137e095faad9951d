import t from 'tap';
import { MAX_PAIRS, readExplainQuestion, readRecheckBatch } from '../../src/request/recheck-batch.js';

const read = (text: string) => readRecheckBatch(Buffer.from(text));
const ONE = { username: 'alice', realm: 'ecmwf', destination: 'CIP' };

t.test('an array of pairs is read, realm and issuer are optional', async (t) => {
  const batch = [
    ONE,
    { username: 'bob', destination: 'FOO' },
    { username: 'x', realm: null, issuer: 'https://i', destination: '1' },
  ];
  t.same(read(JSON.stringify(batch)), {
    ok: true,
    value: [
      { username: 'alice', realm: 'ecmwf', issuer: null, destination: 'CIP' },
      { username: 'bob', realm: null, issuer: null, destination: 'FOO' },
      { username: 'x', realm: null, issuer: 'https://i', destination: '1' },
    ],
  });
  t.equal(read(JSON.stringify(Array(MAX_PAIRS).fill(ONE))).ok, true);
});

const BAD: Record<string, readonly [string, RegExp]> = {
  nothing: ['', /not valid JSON/],
  'no JSON': ['[', /not valid JSON/],
  'an object': [JSON.stringify(ONE), /must be an array/],
  'an empty array': ['[]', /1 to 1000/],
  'too many': [JSON.stringify(Array(MAX_PAIRS + 1).fill(ONE)), /holds 1001/],
  'no objects': ['["alice"]', /^\[0\]: must be an object/],
  'an unknown field': [JSON.stringify([ONE, { ...ONE, role: 'x' }]), /^\[1\]: may have/],
  __proto__: ['[{"__proto__":{},"username":"a","destination":"b"}]', /may have/],
  'no username': ['[{"destination":"CIP"}]', /username/],
  'an empty username': [JSON.stringify([{ ...ONE, username: '' }]), /username/],
  'a username that is no text': [JSON.stringify([{ ...ONE, username: 1 }]), /username/],
  'no destination': ['[{"username":"alice"}]', /destination/],
  'a destination that is no text': [JSON.stringify([{ ...ONE, destination: 7 }]), /destination/],
  'an empty destination': [JSON.stringify([{ ...ONE, destination: '' }]), /destination/],
  'a realm that is no text': [JSON.stringify([{ ...ONE, realm: ['x'] }]), /realm/],
  'an issuer that is no text': [JSON.stringify([{ ...ONE, issuer: false }]), /issuer/],
  'a field twice': ['[{"username":"a","username":"b","destination":"CIP"}]', /more than once/],
};

for (const [name, [text, reason]] of Object.entries(BAD)) {
  t.test(`${name} is refused with the reason`, async (t) => {
    const batch = read(text);
    t.match(batch, { ok: false, failure: reason });
  });
}

t.test('a question is one such object, as strictly read', async (t) => {
  const question = (text: string) => readExplainQuestion(Buffer.from(text));
  t.same(question(JSON.stringify(ONE)), { ok: true, value: { ...ONE, issuer: null } });
  for (const [name, text] of Object.entries({
    nothing: '',
    'an array': JSON.stringify([ONE]),
    'an unknown field': JSON.stringify({ ...ONE, event_type: 'x' }),
    'a field twice': '{"username":"a","username":"b","destination":"CIP"}',
    'no destination': '{"username":"a"}',
  }))
    t.equal(question(text).ok, false, name);
});
