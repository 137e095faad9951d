import t, { type Test } from 'tap';
import { startListener } from '../../helpers/listener.js';
import { exchange, rawRequest } from '../../helpers/raw-http.js';

async function asked(t: Test, headers: readonly string[] = [], parts: Parameters<typeof rawRequest>[0] = {}) {
  const { port, seen } = await startListener(t);
  await exchange(port, rawRequest({ headers, body: '{}', ...parts }));
  return seen[0];
}

t.test('a request is read as it was sent', async (t) => {
  const request = await asked(
    t,
    ['authorization: Bearer abc', 'x-request-id: r-1', 'content-encoding: gzip'],
    {
      target: '/api/v1/replay?x=%2F',
      method: 'PUT',
    },
  );
  t.same(request, {
    transport: 'http',
    requestId: 'r-1',
    method: 'PUT',
    target: '/api/v1/replay?x=%2F',
    authorization: ['Bearer abc'],
    contentEncoding: 'gzip',
    partialBody: false,
    body: Buffer.from('{}'),
    deadline: null,
    routeOperation: null,
    routeLabel: null,
  });
});

t.test('every Authorization header is seen, in order and not joined', async (t) => {
  t.same((await asked(t))?.authorization, []);
  t.same((await asked(t, ['authorization: a', 'AUTHORIZATION: b', 'Authorization: a']))?.authorization, [
    'a',
    'b',
    'a',
  ]);
  t.same((await asked(t, ['authorization:']))?.authorization, ['']);
});

t.test('a deadline is for Envoy to state, not for others', async (t) => {
  t.equal((await asked(t, ['x-envoy-expected-rq-timeout-ms: 1']))?.deadline, null);
});

t.test('a repeated Content-Encoding is seen whole', async (t) => {
  t.equal(
    (await asked(t, ['content-encoding: identity', 'content-encoding: gzip']))?.contentEncoding,
    'identity, gzip',
  );
});

t.test('a body is cut off unless the header says a plain false', async (t) => {
  for (const value of [
    'true',
    'TRUE',
    ' true ',
    '1',
    'yes',
    '',
    'false, true',
    'true, false',
    'false,false',
  ]) {
    t.equal((await asked(t, [`x-envoy-auth-partial-body: ${value}`]))?.partialBody, true, `"${value}"`);
  }
  for (const value of ['false', 'False', ' false ']) {
    t.equal((await asked(t, [`x-envoy-auth-partial-body: ${value}`]))?.partialBody, false, `"${value}"`);
  }
  const twice = ['x-envoy-auth-partial-body: false', 'X-Envoy-Auth-Partial-Body: true'];
  t.equal((await asked(t, twice))?.partialBody, true);
  t.equal((await asked(t))?.partialBody, false);
});

t.test('bytes of a body are not touched', async (t) => {
  const { port, seen } = await startListener(t);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await exchange(port, [rawRequest({ headers: [`content-length: ${bytes.length}`] }), bytes]);
  t.equal(Buffer.compare(Buffer.from(seen[0]?.body ?? []), bytes), 0);
});
