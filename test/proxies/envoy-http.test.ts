import t from 'tap';
import { missing } from '../helpers/proxies.js';
import { ENVOY_HTTP, startBench } from './bench.js';
import { bearer } from './client.js';
import { bothEnvoys } from './envoy-shared.js';
import { NO_HTTP_VERDICTS } from './shared.js';

const skip = await missing('envoy');
if (skip !== false) t.pass('against a real Envoy', { skip });
else {
  bothEnvoys(t, {
    front: ENVOY_HTTP,
    prefix: '/envoy',
    carriers: { unavailable: 424, error: 423 },
    noVerdicts: NO_HTTP_VERDICTS,
    statesLength: true,
  });
  checks();
}

function checks(): void {
  t.test('two Authorization headers reach the authorizer as one with a comma', async (t) => {
    const bench = await startBench(t, ENVOY_HTTP);
    await bench.send({ headers: { Authorization: ['Bearer refuse-401', 'Bearer allow'] } });
    t.equal(bench.authorizer.requests[0]?.headers.authorization, 'Bearer refuse-401,Bearer allow');
  });

  t.test('the authorizer is told how long it has', async (t) => {
    const bench = await startBench(t, ENVOY_HTTP, { timeouts: {} });
    await bench.send();
    t.equal(bench.authorizer.requests[0]?.headers['x-envoy-expected-rq-timeout-ms'], '35000');
  });

  t.test('a real 5xx of the authorizer is 503, never its own text', async (t) => {
    const bench = await startBench(t, ENVOY_HTTP);
    for (const status of [500, 503, 599]) {
      const answer = await bench.send({ headers: bearer(`refuse-${status}`) });
      t.match(answer, { status: 503, text: /^{"code":"SERVICE_UNAVAILABLE",/ });
    }
    t.same(bench.gateway.requests, []);
  });
}
