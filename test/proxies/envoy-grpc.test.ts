import t from 'tap';
import { missing } from '../helpers/proxies.js';
import { refusalBody } from './authorizer.js';
import { ENVOY_GRPC, startBench } from './bench.js';
import { bearer, becomes, WATCH } from './client.js';
import { bothEnvoys } from './envoy-shared.js';

/** Answers that are no verdict, and calls that bring none. */
const NO_VERDICTS = [
  'refuse-204',
  'refuse-302',
  'allow-mangled',
  'status-4',
  'status-7',
  'status-13',
  'status-14',
  'status-16',
  'reset',
  'not-http',
  'hang',
] as const;

const skip = await missing('envoy');
if (skip !== false) t.pass('against a real Envoy', { skip });
else {
  bothEnvoys(t, {
    front: ENVOY_GRPC,
    prefix: '',
    carriers: { unavailable: 503, error: 500 },
    noVerdicts: NO_VERDICTS,
    statesLength: false,
  });
  asking();
  answering();
  dying();
}

function asking(): void {
  t.test('a check says which route it is for, and has the body on either', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    for (const operation of ['watch', 'replay']) {
      bench.forget();
      await bench.send({ path: `/api/v1/${operation}?a=b`, body: operation });
      t.match(bench.authorizer.requests, [{ url: `/api/v1/${operation}?a=b`, extensions: { operation } }]);
      t.equal(bench.authorizer.requests[0]?.body.toString(), operation);
    }
  });

  t.test('a check has the headers that are needed, and no others', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    const others = {
      cookie: 'a=b',
      'content-type': 'text/plain',
      accept: '*/*',
      'x-forwarded-for': '10.0.0.1',
    };
    await bench.send({ headers: { ...bearer('allow'), ...others } });
    const names = Object.keys(bench.authorizer.requests[0]?.headers ?? {}).sort();
    t.same(names, ['authorization', 'x-envoy-auth-partial-body', 'x-request-id']);
    t.match(bench.gateway.requests[0]?.headers, { cookie: 'a=b', 'content-type': 'text/plain' });
  });

  t.test('two Authorization headers reach the authorizer as one with a comma', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    await bench.send({ headers: { Authorization: ['Bearer allow', 'Bearer other'] } });
    const [check] = bench.authorizer.requests;
    t.match(check?.rawHeaders.slice(0, 2), ['authorization', 'Bearer allow,Bearer other']);
  });

  t.test('the authorizer is told how long it has', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC, { timeouts: {} });
    await bench.send();
    const { timeoutMs = 0 } = bench.authorizer.requests[0] ?? {};
    t.ok(timeoutMs > 30_000 && timeoutMs <= 35_000, `it has ${timeoutMs} ms`);
  });
}

function answering(): void {
  t.test('500 and 503 of the authorizer are its own words in the log, too', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    for (const status of [500, 503]) {
      const answer = await bench.send({
        headers: { ...bearer(`refuse-${status}`), 'x-request-id': 'r3' },
      });
      t.match(answer, { status, text: refusalBody(status, 'r3'), headers: { 'retry-after': '7' } });
    }
    await bench.proxy.stop();
    t.equal((await bench.proxy.log()).match(/"details":"ext_authz_denied"[^\n]*"status":50[03]/g)?.length, 2);
  });

  t.test('a no without an answer for the client lets nothing pass, whatever is beside it', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    for (const marker of ['refuse', 'contradict', 'refuse-0']) {
      t.equal((await bench.send({ headers: bearer(marker) })).status, 403, marker);
    }
    t.same(bench.gateway.requests, []);
  });

  t.test('the authorizer’s name for the user stands alone, in place of the client’s', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    await bench.send({ headers: { ...bearer('allow'), 'x-aviso-user': ['mallory', 'eve'] } });
    const { rawHeaders = [] } = bench.gateway.requests[0] ?? {};
    t.same(valuesOf('x-aviso-user', rawHeaders), ['alice']);
  });

  t.test('an allow sets and removes what it may, and nothing else', async (t) => {
    const bench = await startBench(t, ENVOY_GRPC);
    await bench.send({ headers: bearer('allow') });
    t.notMatch(bench.gateway.requests[0]?.rawHeaders.join(), /x-internal/i);
    bench.forget();
    await bench.send({ headers: { ...bearer('allow-strip'), 'x-kept': 'yes' } });
    t.match(bench.gateway.requests[0]?.headers, { authorization: undefined, 'x-kept': 'yes' });
  });
}

const valuesOf = (name: string, rawHeaders: readonly string[]): string[] =>
  rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);

function dying(): void {
  t.test(
    'an authorizer that dies under more than 1024 checks: 503 for each, and nothing passes',
    async (t) => {
      const bench = await startBench(t, ENVOY_GRPC, { timeouts: {} });
      const answers = Array.from({ length: 1100 }, () => bench.send({ headers: bearer('hang') }));
      t.ok(await becomes(() => bench.authorizer.waiting() === 1100), 'all are asked side by side');
      await bench.authorizer.stop();
      for (const { status, text } of await Promise.all(answers)) {
        if (status !== 503 || !text.startsWith('{"code":"SERVICE_UNAVAILABLE",'))
          t.fail(`${status}: ${text}`);
      }
      t.equal((await bench.send({ path: WATCH })).status, 503, 'and so for whoever comes after');
      t.equal(bench.authorizer.requests.length, 1100, 'nobody is asked about twice');
      t.same(bench.gateway.requests, []);
    },
  );
}
