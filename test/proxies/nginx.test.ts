import t from 'tap';
import { missing } from '../helpers/proxies.js';
import { NGINX, startBench } from './bench.js';
import { bearer, sendHttp2, WATCH } from './client.js';
import { allProxies, NO_HTTP_VERDICTS, type PathCase } from './shared.js';

const LIMIT = 262_144;

/** nginx matches the decoded path; the check and the gateway only ever see the plain one. */
const PATHS: readonly PathCase[] = [
  [WATCH, 'checked'],
  ['/api/v1//watch', 'checked'],
  ['//api/v1/watch', 'checked'],
  ['/api/v1/%77atch', 'checked'],
  ['/api/%76%31/watch', 'checked'],
  ['/api/v1/x/../watch', 'checked'],
  ['/api/v1/./watch', 'checked'],
  ['/api/v1/notification/../watch', 'checked'],
  ['/api/v1/notification/%2e%2e/watch', 'checked'],
  ['/api/v1/schema/%2E%2e/watch', 'checked'],
  ['/static/../api/v1/watch', 'checked'],
  ['http://evil.example/api/v1/watch', 'checked'],
  ['/api/v1/watch#x', 'checked'],
  ['/../api/v1/watch', 400],
  ['/api/v1%2fwatch', 400],
  ['/api/v1/notification/..%2fwatch', 400],
  ['/static/..%5c..%5capi/v1/watch', 400],
  ['/api/v1/watch%00', 400],
  ['/api/v1/wa tch', 400],
  ['*', 400],
  ['/api/v1\\watch', 404],
  ['/api/v1/watch/', 404],
  ['/API/V1/watch', 404],
  ['/api/v1/watch;a=b', 404],
  ['/api/v1/watch%20', 404],
  ['/api/v1/watch%3Fx', 404],
  ['/api/v1/%2577atch', 404],
];

const skip = await missing('nginx');
if (skip !== false) t.pass('against a real nginx', { skip });
else {
  allProxies(t, {
    front: NGINX,
    prefix: '',
    carriers: { unavailable: 503, error: 500 },
    noVerdicts: NO_HTTP_VERDICTS,
    statesLength: true,
    stalled: /^$/, // nginx closes the connection without a word
    paths: PATHS,
  });
  checks();
}

function checks(): void {
  t.test(
    'only 200 together with the word of the authorizer is an allow, and only its JSON a refusal',
    async (t) => {
      const bench = await startBench(t, NGINX);
      for (const marker of ['allow-undecided', 'contradict', 'html-200', 'html-403']) {
        t.match(
          await bench.send({ headers: bearer(marker) }),
          { status: 503, text: /"SERVICE_UNAVAILABLE"/ },
          marker,
        );
      }
      t.same(bench.gateway.requests, []);
    },
  );

  t.test('two Authorization headers are refused by nginx itself', async (t) => {
    const bench = await startBench(t, NGINX);
    const answer = await bench.send({ headers: { Authorization: ['Bearer allow', 'Bearer allow'] } });
    t.match(answer, { status: 400, text: /"code":"INVALID_REQUEST_SHAPE"/ });
    t.same(bench.authorizer.requests, []);
  });

  t.test('over HTTP/2 a body of 262144 bytes passes whole, and one more is 413', async (t) => {
    const bench = await startBench(t, NGINX);
    t.equal((await sendHttp2(bench.proxy.http2Port, { body: Buffer.alloc(LIMIT, 32) })).status, 200);
    t.equal(bench.gateway.requests[0]?.body.length, LIMIT);
    bench.forget();
    t.equal((await sendHttp2(bench.proxy.http2Port, { body: Buffer.alloc(LIMIT + 1, 32) })).status, 413);
    t.same(bench.authorizer.requests, []);
  });

  t.test('a request id that is no plain one is replaced', async (t) => {
    const bench = await startBench(t, NGINX);
    await bench.send({ headers: { 'x-request-id': '"quoted"' } });
    t.match(bench.authorizer.requests[0]?.headers, { 'x-request-id': /^[0-9a-f]{32}$/ });
  });

  t.test('no worker of nginx dies, whatever the authorizer does', async (t) => {
    const bench = await startBench(t, NGINX, { timeouts: { checkMs: 400 } });
    for (const marker of ['allow', 'refuse-403', 'reset', 'hang', 'not-http', 'html-502', 'allow-swap']) {
      await bench.send({ headers: bearer(marker) });
      await bench.send({ headers: bearer(marker), body: '' });
    }
    t.notMatch(await bench.proxy.log(), /exited on signal/);
  });
}
