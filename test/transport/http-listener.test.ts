import t from 'tap';
import type { Decision } from '../../src/domain/decision.js';
import { deferred } from '../helpers/deferred.js';
import { identity } from '../helpers/identity.js';
import { startListener } from '../helpers/listener.js';
import { answerTo, exchange, rawRequest } from '../helpers/raw-http.js';

const DECISIONS: readonly (readonly [Decision, native: number, envoy: number])[] = [
  [{ kind: 'allow', reason: 'destination_listed', identity: identity(), cacheOutcome: 'hit' }, 200, 200],
  [{ kind: 'unauthenticated', message: 'm' }, 401, 401],
  [{ kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' }, 403, 403],
  [{ kind: 'invalid', code: 'PAYLOAD_TOO_LARGE', message: 'm' }, 413, 413],
  [{ kind: 'unavailable', fetchOutcome: 'ServerError', cacheOutcome: 'hit' }, 503, 424],
  [{ kind: 'identity_unavailable', message: 'm' }, 503, 424],
  [{ kind: 'error', errorKind: 'unexpected', cause: null, cacheOutcome: null }, 500, 423],
];

for (const [decision, native, envoy] of DECISIONS) {
  t.test(
    `${decision.kind}: ${native} natively, ${envoy} for Envoy, with the same headers and body`,
    async (t) => {
      const { port } = await startListener(t, () => decision);
      const ask = (target: string) => answerTo(port, rawRequest({ target, headers: ['x-request-id: r-1'] }));
      const [direct, carried] = [await ask('/api/v1/watch'), await ask('/envoy/api/v1/watch')];
      t.same([direct.status, carried.status], [native, envoy]);
      t.equal(carried.body, direct.body);
      for (const { headers } of [direct, carried]) {
        t.same(headers.get('cache-control'), ['no-store']);
        t.same(headers.get('x-request-id'), ['r-1']);
        t.equal(headers.has('retry-after'), native === 503);
        t.same(headers.get('www-authenticate'), native === 401 ? ['Bearer'] : undefined);
        t.same(headers.get('x-aviso-decision'), native === 200 ? ['allow'] : undefined);
      }
    },
  );
}

t.test('each way in is a header of its own', async (t) => {
  const decide = (): Decision => ({ kind: 'unauthenticated', message: 'm' });
  const { port } = await startListener(t, decide, { challenges: () => ['Bearer', 'Basic'] });
  t.same((await answerTo(port, rawRequest())).headers.get('www-authenticate'), ['Bearer', 'Basic']);
});

t.test('a request id of the client is kept only when it is fit to be one', async (t) => {
  const { port } = await startListener(t);
  const idFor = async (...headers: string[]) =>
    (await answerTo(port, rawRequest({ headers }))).headers.get('x-request-id');
  t.same(await idFor('x-request-id: abc.DEF-1_2'), ['abc.DEF-1_2']);
  for (const headers of [
    [],
    ['x-request-id: a b'],
    ['x-request-id: a', 'x-request-id: b'],
    [`x-request-id: ${'x'.repeat(129)}`],
  ]) {
    t.match((await idFor(...headers))?.[0], /^[0-9a-f-]{36}$/);
  }
});

t.test('nothing of the operations port is here: every path is asked of the core', async (t) => {
  const notFound: Decision = { kind: 'invalid', code: 'NOT_FOUND', message: 'no such route' };
  const { port, seen } = await startListener(t, () => notFound);
  for (const target of [
    '/metrics',
    '/healthz',
    '/readyz',
    '/status',
    '/',
    '/envoy/metrics',
    '/envoy/readyz',
  ]) {
    const answer = await answerTo(port, rawRequest({ method: 'GET', target }));
    t.equal(answer.status, 404, target);
    t.match(JSON.parse(answer.body), { code: 'NOT_FOUND' });
  }
  t.equal(seen.length, 7);
});

t.test('every method comes to the core as it is', async (t) => {
  const { port, seen } = await startListener(t);
  const methods = [
    'GET',
    'HEAD',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'PUT',
    'DELETE',
    'PATCH',
    'MKCOL',
    'SEARCH',
    'QUERY',
    'REPORT',
  ];
  for (const method of methods) t.equal((await answerTo(port, rawRequest({ method }))).status, 200, method);
  t.same(
    seen.map(({ method }) => method),
    methods,
  );
});

t.test('the request-target comes to the core undecoded', async (t) => {
  const { port, seen } = await startListener(t);
  const targets = [
    '/api/v1/%77atch',
    '/api/v1//watch',
    '/api/v1/watch/',
    '/a/../b',
    '/%00',
    '/api/v1/watch;a=b',
    '/%',
    '/%zz',
  ];
  for (const target of [...targets, 'http://evil/api/v1/watch', '/?a=%2F#', '//evil/api/v1/watch']) {
    await answerTo(port, rawRequest({ target }));
  }
  await answerTo(port, rawRequest({ method: 'OPTIONS', target: '*' }));
  t.same(
    seen.map(({ target }) => target),
    [...targets, 'http://evil/api/v1/watch', '/?a=%2F#', '//evil/api/v1/watch', '*'],
  );
});

t.test('pipelined requests are answered in the order in which they came', async (t) => {
  const first = deferred<Decision>();
  const { port, seen } = await startListener(t, ({ target }) => {
    if (target === '/a') return first.promise;
    if (target === '/c') first.resolve({ kind: 'forbidden', message: 'm' });
    return { kind: 'invalid', code: target === '/b' ? 'NOT_FOUND' : 'INVALID_JSON', message: 'm' };
  });
  const bytes =
    rawRequest({ target: '/a' }) + rawRequest({ target: '/b', body: '{}' }) + rawRequest({ target: '/c' });
  const answers = await exchange(port, bytes, 3);
  t.same(
    answers.map(({ status }) => status),
    [403, 404, 400],
  );
  t.equal(seen.length, 3);
});

t.test('a connection is kept, and told to close only while draining', async (t) => {
  let draining = false;
  const { port } = await startListener(t, undefined, { isDraining: () => draining });
  t.same((await answerTo(port, rawRequest())).headers.get('connection'), ['keep-alive']);
  draining = true;
  const last = (await answerTo(port, rawRequest())).headers;
  t.same([last.get('connection'), last.get('keep-alive')], [['close'], undefined]);
});

t.test('an idle connection is to be kept no longer than a drain takes', async (t) => {
  let drainSeconds = 7;
  const { port } = await startListener(t, undefined, { drainSeconds: () => drainSeconds });
  const kept = async (headers: readonly string[] = []) => {
    const answer = await answerTo(port, rawRequest({ headers }));
    return [answer.headers.get('connection'), answer.headers.get('keep-alive')];
  };
  t.same(await kept(), [['keep-alive'], ['timeout=7']]);
  t.same(await kept(['connection: close']), [['close'], undefined], 'not when the client wants none');
  drainSeconds = 0;
  t.match((await kept())[0], ['keep-alive'], 'without a drain nothing can be promised');
});

t.test('a core that rejects, which it never should, is a 500 and no allow', async (t) => {
  const { port, refused } = await startListener(t, () => Promise.reject(new Error('SECRET')));
  const native = await answerTo(port, rawRequest());
  t.equal(native.status, 500);
  t.match(JSON.parse(native.body), { code: 'INTERNAL_ERROR' });
  t.notMatch(native.body, 'SECRET');
  t.equal((await answerTo(port, rawRequest({ target: '/envoy/api/v1/watch' }))).status, 423);
  t.match(refused, [{ kind: 'error' }, { kind: 'error' }]);
});

t.test('HEAD is answered without a body', async (t) => {
  const { port } = await startListener(t, () => ({ kind: 'invalid', code: 'NOT_FOUND', message: 'm' }));
  const text = rawRequest({ method: 'HEAD', headers: ['connection: close'] });
  const answers = await exchange(port, text);
  t.ok(answers.every(({ status, body }) => status === 404 && body === ''));
});
