import type { TAP } from 'tap';
import { type Front, startBench } from './bench.js';
import { bearer, becomes, events, open, send, sendHttp2, WATCH } from './client.js';
import { allProxies, type PathCase, type ProxyTraits } from './shared.js';

const LIMIT = 262_144;

/** Envoy normalises first, and routes, checks and forwards what comes out of it. */
const PATHS: readonly PathCase[] = [
  [WATCH, 'checked'],
  ['/api/v1//watch', 'checked'],
  ['//api/v1/watch', 'checked'],
  ['/api/v1/%77atch', 'checked'],
  ['/api/%76%31/watch', 'checked'],
  ['/api/v1/x/../watch', 'checked'],
  ['/api/v1/./watch', 'checked'],
  ['/../api/v1/watch', 'checked'],
  ['/api/v1/notification/../watch', 'checked'],
  ['/api/v1/notification/%2e%2e/watch', 'checked'],
  ['/api/v1/schema/%2E%2e/watch', 'checked'],
  ['/static/../api/v1/watch', 'checked'],
  ['/api/v1\\watch', 'checked'],
  ['http://evil.example/api/v1/watch', 'checked'],
  ['/api/v1%2fwatch', 400],
  ['/api/v1/notification/..%2fwatch', 400],
  ['/static/..%5c..%5capi/v1/watch', 400],
  ['/api/v1/watch%00', 400],
  ['/api/v1/watch#x', 400],
  ['/api/v1/wa tch', 400],
  ['*', 400],
  ['/api/v1/watch/', 404],
  ['/API/V1/watch', 404],
  ['/api/v1/watch;a=b', 404],
  ['/api/v1/watch%20', 404],
  ['/api/v1/watch%3Fx', 404],
  ['/api/v1/%2577atch', 404],
];

/** Every behaviour that both of Envoy's configurations owe, whatever the check travels over. */
export function bothEnvoys(t: TAP, traits: Omit<ProxyTraits, 'stalled' | 'paths'>): void {
  allProxies(t, { ...traits, stalled: /^HTTP\/1.1 408 .*"code":"REQUEST_TIMEOUT"/s, paths: PATHS });
  overHttp2(t, traits.front);
  headers(t, traits.front);
  logging(t, traits.front);
  streams(t, traits.front);
}

function overHttp2(t: TAP, front: Front): void {
  t.test(
    'a body that Envoy truncated over HTTP/2 is marked, so that the authorizer refuses it',
    async (t) => {
      const bench = await startBench(t, front);
      const answer = await sendHttp2(bench.proxy.http2Port, { body: Buffer.alloc(LIMIT + 1, 32) });
      t.equal(answer.status, 413);
      t.same(bench.gateway.requests, []);
      for (const { headers } of bench.authorizer.requests) {
        t.equal(headers['x-envoy-auth-partial-body'], 'true');
      }
    },
  );

  t.test('a body of 262144 bytes passes whole over HTTP/2', async (t) => {
    const bench = await startBench(t, front);
    const answer = await sendHttp2(bench.proxy.http2Port, { body: Buffer.alloc(LIMIT, 32) });
    t.equal(answer.status, 200);
    t.match(bench.authorizer.requests[0]?.headers, { 'x-envoy-auth-partial-body': 'false' });
    t.equal(bench.authorizer.requests[0]?.body.length, LIMIT);
    t.equal(bench.gateway.requests[0]?.body.length, LIMIT);
  });
}

function headers(t: TAP, front: Front): void {
  t.test('bytes that are no UTF-8 reach the authorizer as they reach the gateway', async (t) => {
    const bench = await startBench(t, front);
    const authorization = 'Bearer allow\u00e9';
    await bench.send({ headers: { authorization }, body: Buffer.from('{}') }); // a text would make UTF-8 of it all
    t.equal(bench.authorizer.requests[0]?.headers.authorization, authorization);
    t.equal(bench.gateway.requests[0]?.headers.authorization, authorization);
  });

  t.test('a request with no room left for the headers of an allow is 503, in JSON', async (t) => {
    const bench = await startBench(t, front);
    const most = Object.fromEntries(Array.from({ length: 92 }, (_, i) => [`x-${i}`, 'y']));
    const answer = await bench.send({ headers: { ...bearer('allow'), ...most } });
    t.match(answer, { status: 503, text: /^{"code":"SERVICE_UNAVAILABLE",/ });
    t.same(bench.gateway.requests, []);
  });

  t.test('no x-aviso-* header of a client survives, whatever its name', async (t) => {
    const bench = await startBench(t, front);
    await bench.send({ headers: { 'x-aviso-admin': 'yes', 'X-Aviso-Scopes': 'all' } });
    t.notMatch(bench.gateway.requests[0]?.rawHeaders.join(), /x-aviso-(admin|scopes)/i);
  });
}

function logging(t: TAP, front: Front): void {
  t.test('the log tells a refusal from a failed check, and holds no token', async (t) => {
    const bench = await startBench(t, front);
    await bench.send({ headers: bearer('refuse-403') });
    await bench.send({ headers: bearer('reset') });
    await bench.proxy.stop();
    const log = await bench.proxy.log();
    t.match(log, /"details":"ext_authz_denied"[^\n]*"status":403/);
    t.match(log, /"details":"ext_authz_error"[^\n]*"status":503/);
    t.notMatch(log, /Bearer/);
  });
}

function streams(t: TAP, front: Front): void {
  t.test('neither gated route has a deadline: the one that Envoy supplies would be 15 seconds', async (t) => {
    const bench = await startBench(t, front);
    const dump = await (await fetch(`http://127.0.0.1:${bench.proxy.adminPort}/config_dump`)).text();
    for (const name of ['watch', 'replay']) {
      t.match(
        dump,
        new RegExp(`"timeout": "0s",[^}]*"max_stream_duration": "3660s"[^]*?"name": "${name}"`),
        name,
      );
    }
  });

  t.test('a stream is cut at its longest life, at the client and at the gateway', async (t) => {
    const bench = await startBench(t, front, {
      timeouts: { maxStreamMs: 600 },
      gateway: { everyMs: 20 },
    });
    const stream = await open(bench.proxy.port, {});
    let count = 0;
    await t.rejects(async () => {
      for await (const _ of events(stream)) count++;
    });
    t.ok(count > 0, 'events came until then');
    t.ok(await becomes(() => bench.gateway.openStreams() === 0));
  });

  t.test('more than 1024 streams stay open side by side, and a storm of checks is answered', async (t) => {
    const bench = await startBench(t, front, { timeouts: {}, gateway: { everyMs: null } });
    const opened = await Promise.all(Array.from({ length: 1100 }, () => open(bench.proxy.port, {})));
    t.ok(opened.every(({ statusCode }) => statusCode === 200));
    t.equal(bench.gateway.openStreams(), 1100);
    for (const stream of opened) stream.destroy();
    t.equal((await send(bench.proxy.port, { path: '/api/v1/notification' })).status, 200);
  });
}
