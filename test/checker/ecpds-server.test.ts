import t, { type Test } from 'tap';
import { createFetcher } from '../../src/checker/fetcher.js';
import type { Fetch } from '../../src/http/bounded-get.js';
import { createHttpClient } from '../../src/http/client.js';
import { manualClock } from '../helpers/clock.js';
import { deferred } from '../helpers/deferred.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { contextFor, recordingObserver } from '../helpers/observer.js';
import { ecpdsServers, type ServersOptions } from '../helpers/servers.js';

const TWO = ['http://a.example', 'http://b.example'];

/** Servers by host name; each call waits until the test answers it. */
function manualNetwork() {
  const calls: { host: string; user: string | null; answer(names: readonly string[]): void; fail(): void }[] =
    [];
  const fetch: Fetch = (url) => {
    const { promise, resolve, reject } = deferred<Awaited<ReturnType<Fetch>>>();
    calls.push({
      host: url.hostname,
      user: url.searchParams.get('id'),
      answer(names) {
        const text = JSON.stringify({ destinationList: active(...names), success: 'yes' });
        resolve({ status: 200, headers: new Headers(), body: new Blob([text]).stream() });
      },
      fail: () => reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    });
    return promise;
  };
  return { fetch, calls };
}

type Options = Omit<ServersOptions, 'fetch' | 'observer'>;

function setUp(options: Options, policy: 'strict' | 'any_success' = 'strict') {
  const observer = recordingObserver();
  const network = manualNetwork();
  const servers = ecpdsServers({ ...options, fetch: network.fetch, observer });
  const fetcher = createFetcher(servers, policy, observer);
  return { observer, servers, ...network, fetch: (user: string) => fetcher(contextFor(user)) };
}

/** Lets everything that is ready to go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('a server is never asked by more calls at once than the cap', async (t) => {
  const { calls, fetch, servers } = setUp({ urls: TWO, limits: { maxConcurrent: 2, maxQueued: 100 } });
  const results = ['u1', 'u2', 'u3', 'u4', 'u5'].map((user) => fetch(user));
  const names = () => calls.map(({ host, user }) => `${host.slice(0, 1)}${user}`);
  await settle();
  t.same(names().sort(), ['au1', 'au2', 'bu1', 'bu2']);
  t.match(servers[0]?.state(), { inFlight: 2, queued: 3 });
  for (let i = 0; i < calls.length; i += 1) {
    calls[i]?.answer(['CIP']);
    await settle();
  }
  t.equal(calls.length, 10, 'one call per user and server');
  t.ok((await Promise.all(results)).every(({ ok }) => ok));
  t.match(servers[0]?.state(), { inFlight: 0, queued: 0, failure: null });
});

t.test('one slow server does not take places of another', async (t) => {
  const { calls, fetch } = setUp({ urls: TWO, limits: { maxConcurrent: 1, maxQueued: 100 } });
  void fetch('u1');
  void fetch('u2');
  await settle();
  calls.find(({ host }) => host === 'b.example')?.answer([]);
  await settle();
  t.same(
    calls.map(({ host, user }) => [host, user]),
    [
      ['a.example', 'u1'],
      ['b.example', 'u1'],
      ['b.example', 'u2'],
    ],
  );
});

t.test('beyond the queue no list is fetched, no server asked and no fetch counted', async (t) => {
  for (const policy of ['strict', 'any_success'] as const) {
    const limits = { maxConcurrent: 1, maxQueued: 1 };
    const { calls, fetch, observer } = setUp({ urls: TWO, limits }, policy);
    const waiting = [fetch('u1'), fetch('u2')];
    t.same(await fetch('u3'), { ok: false, outcome: 'Unreachable' }, 'at once');
    t.same(observer.steps, ['rejected by 0']);
    for (let i = 0; i < 4; i += 1) {
      await settle();
      calls[i]?.answer([]);
    }
    await Promise.all(waiting);
    t.notOk(calls.some(({ user }) => user === 'u3'));
    t.same(observer.steps, ['rejected by 0', 'fetch Success', 'fetch Success']);
    const next = fetch('u4');
    await settle();
    t.equal(calls.at(-1)?.user, 'u4', 'and there is room again');
    for (const call of calls.slice(-2)) call.answer([]);
    t.equal((await next).ok, true);
  }
});

t.test('an open circuit is an answer at once; waiting calls get it, too', async (t) => {
  const { calls, fetch, observer, servers } = setUp({
    urls: TWO,
    limits: { maxConcurrent: 2, maxQueued: 100 },
    circuit: { failures: 2, openMs: 60_000 },
  });
  t.teardown(() => {
    for (const server of servers) server.stop();
  });
  const results = ['u1', 'u2', 'u3', 'u4'].map((user) => fetch(user));
  await settle();
  for (const call of calls) call.host === 'a.example' ? call.fail() : call.answer([]);
  await settle();
  for (const call of calls.slice(4)) call.answer([]);
  const unreachable = { ok: false, outcome: 'Unreachable' };
  t.same(await Promise.all(results), [unreachable, unreachable, unreachable, unreachable]);
  t.equal(calls.filter(({ host }) => host === 'a.example').length, 2, 'u3 and u4 were not asked for');
  const failed = observer.reports.filter(({ result }) => !result.ok);
  t.equal(failed.length, 2, 'nor is a call reported that was not made');
  t.equal(observer.steps.filter((step) => step === 'fetch Unreachable').length, 4, 'but each fetch counts');
  t.ok(observer.steps.includes('opened 0 Unreachable'));
  t.match(servers[0]?.state(), { circuitOpen: true, failure: { outcome: 'Unreachable' } });
  t.match(servers[1]?.state(), { circuitOpen: false, failure: null });
});

t.test('under any_success the servers that are there go on with theirs open', async (t) => {
  const options = { urls: TWO, circuit: { failures: 1, openMs: 60_000 } };
  const { calls, fetch, servers } = setUp(options, 'any_success');
  t.teardown(() => {
    for (const server of servers) server.stop();
  });
  const first = fetch('u1');
  await settle();
  calls[0]?.fail();
  calls[1]?.answer(['CIP']);
  t.match(await first, { ok: true, outcome: 'Unreachable' });
  const second = fetch('u2');
  await settle();
  t.same(
    calls.map(({ host }) => host),
    ['a.example', 'b.example', 'b.example'],
  );
  calls[2]?.answer(['CIP']);
  t.match(await second, { ok: true, outcome: 'Unreachable' });
});

t.test('how a server stands is known from calls to it, and since when', async (t) => {
  const clock = manualClock(1000);
  const { calls, fetch, servers } = setUp({ urls: TWO.slice(0, 1), clock });
  t.match(servers[0]?.state(), { index: 0, failure: null, circuitOpen: false, inFlight: 0, queued: 0 });
  for (const [i, since] of [1000, 1000].entries()) {
    const result = fetch('u');
    await settle();
    calls[i]?.fail();
    await result;
    t.match(servers[0]?.state().failure, { outcome: 'Unreachable', error: 'ECONNREFUSED', since });
    clock.advance(500);
  }
  const result = fetch('u');
  await settle();
  calls[2]?.answer([]);
  await result;
  t.equal(servers[0]?.state().failure, null);
});

/** A real server, so that the probe is a real call with a real time-out. */
async function realServer(t: Test, circuit: ServersOptions['circuit'] & object, requestTimeoutMs: number) {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const client = createHttpClient({ connectTimeoutMs: 60_000, ca: null });
  const observer = recordingObserver();
  const servers = ecpdsServers({
    ...{ urls: [ecpds.url], fetch: client.fetch, observer },
    ...{ circuit, requestTimeoutMs },
  });
  t.teardown(async () => {
    for (const server of servers) server.stop();
    await client.close();
    await ecpds.close();
  });
  const fetcher = createFetcher(servers, 'strict', observer);
  const until = async (step: string): Promise<void> => {
    while (!observer.steps.includes(step)) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { ecpds, observer, until, fetch: (user: string) => fetcher(contextFor(user)) };
}

t.test('a hanging server is probed, and called again once a probe is answered', async (t) => {
  const { ecpds, fetch, until, observer } = await realServer(t, { failures: 1, openMs: 50 }, 200);
  ecpds.fault = { kind: 'slow_headers' };
  t.match(await fetch('alice'), { ok: false, outcome: 'Unreachable' });
  await until('probed 0 failed');
  const asked = ecpds.asked.length;
  t.match(await fetch('bob'), { ok: false, outcome: 'Unreachable' });
  t.notOk(ecpds.asked.includes('bob'), 'no request of a user is the guinea pig');
  ecpds.fault = null;
  await until('closed 0');
  t.ok(ecpds.asked.length > asked);
  t.same([...new Set(ecpds.asked)], ['alice'], 'the probes asked for the user of the failed call');
  t.match(await fetch('alice'), { ok: true, outcome: 'Success' });
  t.same(
    observer.steps.filter((step) => step.startsWith('fetch')),
    ['fetch Unreachable', 'fetch Unreachable', 'fetch Success'],
    'probes are no fetches',
  );
});

t.test('a probe is given up after a period, however long a request may take', async (t) => {
  const { ecpds, fetch, until } = await realServer(t, { failures: 1, openMs: 20 }, 60_000);
  ecpds.fault = { kind: 'status', status: 503 };
  await fetch('alice');
  ecpds.fault = { kind: 'slow_headers' };
  await until('probed 0 failed');
  t.pass('within the time that this test has, not within a minute');
});

t.test(
  'whoever waits for a server when its circuit opens is let go; the calls keep their places',
  async (t) => {
    const options = { urls: TWO.slice(0, 1), circuit: { failures: 1, openMs: 60_000 } };
    const { calls, fetch, servers, observer } = setUp(options);
    t.teardown(() => {
      for (const server of servers) server.stop();
    });
    const results = [fetch('u1'), fetch('u2'), fetch('u3')];
    await settle();
    calls[0]?.fail();
    const unreachable = { ok: false, outcome: 'Unreachable' };
    t.same(await Promise.all(results), [unreachable, unreachable, unreachable]);
    t.match(servers[0]?.state(), { circuitOpen: true, inFlight: 2 });
    calls[1]?.answer(['CIP']);
    calls[2]?.fail();
    await settle();
    t.match(servers[0]?.state(), { circuitOpen: true, inFlight: 0 }, 'what they come to closes nothing');
    t.equal(observer.reports.length, 3, 'and is told, since the calls were made');
    t.equal(observer.steps.filter((step) => step.startsWith('fetch')).length, 3, 'one outcome per fetch');
  },
);

t.test('a name that fits into no URL says nothing about the server', async (t) => {
  const { calls, fetch, servers, observer } = setUp({ urls: TWO, circuit: { failures: 1, openMs: 1000 } });
  t.same(await fetch('&'.repeat(30_000)), { ok: false, outcome: 'Unreachable' });
  t.equal(calls.length, 0);
  t.same(observer.steps, ['fetch Unreachable'], 'no circuit opens');
  t.equal(observer.reports.length, 2, 'and it is reported for each server');
  t.match(servers[0]?.state(), { failure: null, circuitOpen: false });
});
