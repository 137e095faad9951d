import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import type { AuthzRequest } from '../../src/domain/request.js';
import { JsonNumber } from '../../src/json/strict-json.js';
import { MAX_BODY_BYTES } from '../../src/request/envelope.js';
import { canonicalMatchKey } from '../../src/request/match-key.js';
import { type Question, readQuestion } from '../../src/request/question.js';
import { authzRequest, bodyFor } from '../helpers/authz.js';

/** What a request asks, or the code of its refusal. */
function asked(request: Partial<AuthzRequest>, matchKey: string | null = 'destination'): Question | string {
  const question = readQuestion(authzRequest(request), matchKey);
  if (question.ok) return question.value;
  return question.failure.kind === 'invalid' ? question.failure.code : question.failure.kind;
}
const withKey = (json: string): Partial<AuthzRequest> => ({
  body: Buffer.from(`{"event_type":"e","identifier":{"destination":${json}}}`),
});

t.test('the event type and the match key are all that is kept', async (t) => {
  t.strictSame(asked({}), { eventType: 'dissemination', matchKey: 'CIP' });
  t.strictSame(asked({ body: bodyFor('e') }), { eventType: 'e', matchKey: undefined });
  t.strictSame(asked({}, 'target'), { eventType: 'dissemination', matchKey: undefined });
  t.strictSame(asked({}, null), { eventType: 'dissemination', matchKey: undefined });
});

t.test('texts are what was written, however long and in whatever script', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(text, text, (eventType, value) => {
      const question = asked({ body: bodyFor(eventType, value) });
      return typeof question !== 'string' && question.eventType === eventType && question.matchKey === value;
    }),
  );
  t.pass();
});

t.test('numbers are kept as they were written, booleans as they are', async (t) => {
  for (const lexeme of ['5', '1.0', '-0', '12345678901234567890', '1e2']) {
    t.strictSame(asked(withKey(lexeme)), { eventType: 'e', matchKey: new JsonNumber(lexeme) });
  }
  for (const value of [true, false])
    t.strictSame(asked(withKey(`${value}`)), { eventType: 'e', matchKey: value });
});

t.test('what is no scalar is not kept, and no rule takes what is left of it', async (t) => {
  const rules = [
    { type: 'StringHandler', max_length: null },
    { type: 'EnumHandler', values: ['null', 'true', ''] },
    { type: 'IntHandler', range: null },
  ] as const;
  for (const json of ['null', '[]', '["CIP"]', '{}', '{"eq":"CIP"}', '[[[1]]]', 'true', 'false']) {
    const question = asked(withKey(json));
    const value = typeof question === 'string' ? undefined : question.matchKey;
    t.strictSame(value, json === 'true' || json === 'false' ? JSON.parse(json) : null, json);
    for (const rule of rules) t.equal(canonicalMatchKey(rule, value ?? null).ok, false, rule.type);
  }
});

t.test('of several faults, the cut body comes first, then its coding, its size and its shape', async (t) => {
  const faults: [string, Partial<AuthzRequest>][] = [
    ['PAYLOAD_TOO_LARGE', { partialBody: true }],
    ['UNSUPPORTED_MEDIA_TYPE', { contentEncoding: 'gzip' }],
    ['PAYLOAD_TOO_LARGE', { body: Buffer.alloc(MAX_BODY_BYTES + 1, '{') }],
    ['INVALID_JSON', { body: Buffer.from('{') }],
    ['UNKNOWN_FIELD', { body: Buffer.from('{"a":1}') }],
    ['INVALID_REQUEST_SHAPE', { body: Buffer.from('{"event_type":1}') }],
  ];
  for (const [rank, [code, first]] of faults.entries()) {
    for (const [, second] of faults.slice(rank)) t.equal(asked({ ...second, ...first }), code);
  }
});

t.test('the request has no body any more, whatever was in it', async (t) => {
  const requests: Partial<AuthzRequest>[] = [
    {},
    { partialBody: true },
    { contentEncoding: 'br' },
    { body: Buffer.alloc(MAX_BODY_BYTES + 1) },
    { body: Buffer.from('{') },
    { body: Buffer.alloc(0) },
  ];
  for (const parts of requests) {
    const request = authzRequest(parts);
    readQuestion(request, 'destination');
    t.equal(request.body.byteLength, 0);
  }
});

t.test('a question does not keep the body it was read from', async (t) => {
  const keys = [(i: number) => `"destination-name-${i}"`, (i: number) => `1234567890123456${i + 10}`];
  for (const key of keys) {
    const questions: Question[] = [];
    const before = await memoryUsed();
    for (let i = 0; i < 60; i++) {
      const filler = '.'.repeat(250_000);
      const body = `{"event_type":"event-type-number-${i}","identifier":{"destination":${key(i)}},"payload":"${filler}"}`;
      const question = asked({ body: Buffer.from(body) });
      if (typeof question !== 'string') questions.push(question);
    }
    t.ok((await memoryUsed()) - before < 5_000_000, 'sixty questions, not fifteen megabytes');
    t.equal(questions.length, 60);
  }
});

/** In bytes, buffers included. */
async function memoryUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  for (let i = 0; i < 2; i++) {
    runInNewContext('gc')();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
