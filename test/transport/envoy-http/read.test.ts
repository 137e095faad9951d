import t, { type Test } from 'tap';
import { startListener } from '../../helpers/listener.js';
import { exchange, rawRequest } from '../../helpers/raw-http.js';

/** What the core is asked when Envoy sends this, by a clock that stands at 1000 ms. */
async function asked(t: Test, target: string, headers: readonly string[] = []) {
  const { port, seen } = await startListener(t);
  await exchange(port, rawRequest({ target, headers, body: '{}' }));
  return seen[0];
}

t.test("below /envoy stands the client's own target, untouched", async (t) => {
  const targets = [
    '/api/v1/watch',
    '/api/v1/watch?a=b&c',
    '/api/v1/%77atch',
    '//api/v1/watch',
    '/',
    '/envoy/api/v1/watch',
  ];
  for (const target of targets) {
    t.match(await asked(t, `/envoy${target}`), { transport: 'envoy_http', target, method: 'POST' });
  }
});

t.test('what only looks like the prefix is read as native', async (t) => {
  for (const target of [
    '/envoy',
    '/envoyage/api/v1/watch',
    '/Envoy/api/v1/watch',
    '/%65nvoy/api/v1/watch',
    '/envoy?/api',
  ]) {
    t.match(await asked(t, target), { transport: 'http', target, deadline: null });
  }
});

/** What Envoy states, to the deadline: 90 % of it from now. */
const DEADLINES: Record<string, number | null> = {
  '500': 1450,
  '1': 1000.9,
  '35000': 32500,
  '999999999': 900000999.1,
  '0': null,
  '-5': null,
  '05': null,
  '1.5': null,
  '1e3': null,
  '9999999999': null,
  abc: null,
  '500, 500': null,
  '': null,
};
for (const [stated, deadline] of Object.entries(DEADLINES)) {
  t.test(`a stated timeout of "${stated}" is a deadline of ${deadline}`, async (t) => {
    const request = await asked(t, '/envoy/api/v1/watch', [`x-envoy-expected-rq-timeout-ms: ${stated}`]);
    t.equal(request?.deadline, deadline);
  });
}

t.test('without a statement, or with two, the default holds', async (t) => {
  t.equal((await asked(t, '/envoy/api/v1/watch'))?.deadline, null);
  const twice = ['x-envoy-expected-rq-timeout-ms: 500', 'X-Envoy-Expected-Rq-Timeout-Ms: 900000'];
  t.equal((await asked(t, '/envoy/api/v1/watch', twice))?.deadline, null);
});
