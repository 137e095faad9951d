import t from 'tap';
import type { Decision } from '../../../src/domain/decision.js';
import { checkMethod } from '../../../src/transport/envoy-grpc/check.js';
import { deferred } from '../../helpers/deferred.js';
import { CHECK, checkMessage, startGrpc, verdictIn } from '../../helpers/grpc.js';
import { identity } from '../../helpers/identity.js';
import { ALLOW } from '../../helpers/listener.js';

const REFUSALS: readonly (readonly [Decision, number])[] = [
  [{ kind: 'invalid', code: 'INVALID_JSON', message: 'm' }, 400],
  [{ kind: 'unauthenticated', message: 'm' }, 401],
  [{ kind: 'forbidden', message: 'm' }, 403],
  [{ kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' }, 403],
  [{ kind: 'invalid', code: 'NOT_FOUND', message: 'm' }, 404],
  [{ kind: 'invalid', code: 'REQUEST_TIMEOUT', message: 'm' }, 408],
  [{ kind: 'invalid', code: 'PAYLOAD_TOO_LARGE', message: 'm' }, 413],
  [{ kind: 'invalid', code: 'UNSUPPORTED_MEDIA_TYPE', message: 'm' }, 415],
  [{ kind: 'invalid', code: 'REQUEST_HEADER_FIELDS_TOO_LARGE', message: 'm' }, 431],
  [{ kind: 'error', errorKind: 'unexpected', cause: null, cacheOutcome: null }, 500],
  [{ kind: 'unavailable', fetchOutcome: 'ServerError', cacheOutcome: 'hit' }, 503],
  [{ kind: 'identity_unavailable', message: 'm' }, 503],
];

t.test('every refusal is a denied_response with both codes, headers and body', async (t) => {
  for (const [decision, status] of REFUSALS) {
    const { call } = await startGrpc(t, () => decision);
    const { message } = await call(CHECK, checkMessage({ headers: [['x-request-id', 'r-1']] }));
    const verdict = verdictIn(message);
    t.match(verdict, { allowed: false, kind: 'deniedResponse', http: status, actions: new Set([2]) });
    t.match(JSON.parse(verdict.body ?? ''), { message: /./, request_id: 'r-1' });
    t.equal(verdict.headers.get('content-type'), 'application/json');
    t.equal(verdict.headers.get('cache-control'), 'no-store');
    t.equal(verdict.headers.get('x-request-id'), 'r-1');
    t.equal(verdict.headers.get('www-authenticate'), status === 401 ? 'Bearer' : undefined);
    t.equal(verdict.headers.has('retry-after'), status === 503);
  }
});

t.test(
  'an allow names the user in place of what was there, and removes every other x-aviso header',
  async (t) => {
    const { call } = await startGrpc(t, () => ({
      kind: 'allow',
      reason: 'destination_listed',
      identity: identity({ realm: null }),
      cacheOutcome: 'hit',
    }));
    const { message } = await call(
      CHECK,
      checkMessage({
        headers: [
          ['x-aviso-user', 'root'],
          ['X-Aviso-Admin', 'yes'],
          ['x-other', '1'],
        ],
      }),
    );
    const verdict = verdictIn(message);
    t.match(verdict, { allowed: true, kind: 'okResponse', actions: new Set([2]) });
    t.same([...verdict.headers], [['x-aviso-user', 'alice']]);
    t.same([...(verdict.removed ?? [])].sort(), ['x-aviso-admin', 'x-aviso-decision', 'x-aviso-realm']);
  },
);

t.test('an allow without a user names none and removes what the client claims', async (t) => {
  const { call } = await startGrpc(t);
  const verdict = verdictIn((await call(CHECK, checkMessage())).message);
  t.match(verdict, { allowed: true, kind: 'okResponse' });
  t.same([...verdict.headers], []);
  t.same([...(verdict.removed ?? [])].sort(), ['x-aviso-decision', 'x-aviso-realm', 'x-aviso-user']);
});

t.test('what cannot be read is refused, counted, and never asked about', async (t) => {
  const { call, seen, refused } = await startGrpc(t);
  const messages = [
    Buffer.alloc(0),
    Buffer.from('\xff\xff\xff', 'latin1'),
    Buffer.from([0x0a, 0x7f]),
    Buffer.from('{"attributes":{}}'),
    Buffer.from([0x0a, 0x00]),
  ];
  for (const message of messages) {
    const answer = await call(CHECK, message);
    t.match(verdictIn(answer.message), { allowed: false, kind: 'deniedResponse', http: 400 });
  }
  t.equal(refused.length, messages.length);
  t.same(seen, []);
});

t.test('a body that Envoy turned into text is our deployment’s fault, and said to be', async (t) => {
  const { call, seen, refused } = await startGrpc(t);
  const answer = await call(CHECK, checkMessage({ body: '{"event_type":"x","identifier":{}}' }));
  t.match(verdictIn(answer.message), { allowed: false, http: 500 });
  t.match(refused, [{ kind: 'error', errorKind: 'body_not_raw' }]);
  t.same(seen, []);
});

t.test('a message beyond 4 MiB is refused, and one below it is judged', async (t) => {
  const { call, seen, refused } = await startGrpc(t);
  const large = await call(CHECK, checkMessage({ rawBody: Buffer.alloc(4 * 1024 * 1024) }));
  t.match(verdictIn(large.message), { allowed: false, http: 413 });
  t.match(refused, [{ code: 'PAYLOAD_TOO_LARGE' }]);
  const fitting = await call(CHECK, checkMessage({ rawBody: Buffer.alloc(4 * 1024 * 1024 - 1024) }));
  t.equal(verdictIn(fitting.message).allowed, true);
  t.equal(seen[0]?.body.length, 4 * 1024 * 1024 - 1024);
});

t.test('a decision that fails is a fault of ours: recorded, and 500', async (t) => {
  const { call, refused } = await startGrpc(t, () => Promise.reject(new Error('a bug')));
  const answer = await call(CHECK, checkMessage());
  t.match(verdictIn(answer.message), { allowed: false, kind: 'deniedResponse', http: 500 });
  t.match(refused, [{ kind: 'error', errorKind: 'unexpected', cause: { message: 'a bug' } }]);
});

t.test('many calls on one connection are answered, each with its own answer', async (t) => {
  const { call } = await startGrpc(t, ({ requestId }) => ({
    kind: 'invalid',
    code: 'NOT_FOUND',
    message: requestId,
  }));
  const ids = Array.from({ length: 2500 }, (_, i) => `r-${i}`);
  const rawBody = Buffer.alloc(10_000);
  const answers = await Promise.all(
    ids.map((id) => call(CHECK, checkMessage({ headers: [['x-request-id', id]], rawBody }))),
  );
  t.same(
    answers.map(({ message }) => JSON.parse(verdictIn(message).body ?? '{}').message),
    ids,
  );
});

t.test('a caller that gives up breaks nothing', async (t) => {
  const later = deferred<Decision>();
  const { call } = await startGrpc(t, (request) =>
    request.requestId === 'slow' ? later.promise : { kind: 'unauthenticated', message: 'm' },
  );
  const slow = call(CHECK, checkMessage({ headers: [['x-request-id', 'slow']] }), { timeoutMs: 100 });
  t.match(await slow, { status: 4 });
  later.resolve({ kind: 'unauthenticated', message: 'm' });
  t.match(verdictIn((await call(CHECK, checkMessage())).message), { http: 401 });
});

t.test('a check that does not arrive in time is refused with 408', async (t) => {
  const refused: unknown[] = [];
  const method = checkMethod({
    decide: () => Promise.resolve(ALLOW),
    refuse: (decision) => void refused.push(decision),
    challenges: () => [],
    now: () => 0,
  });
  const answer = method.fault('too_slow', {});
  t.match(verdictIn(answer instanceof Uint8Array ? Buffer.from(answer) : null), {
    allowed: false,
    http: 408,
  });
  t.match(refused, [{ kind: 'invalid', code: 'REQUEST_TIMEOUT' }]);
});
