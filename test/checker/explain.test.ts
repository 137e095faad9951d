import t from 'tap';
import { DestinationCache } from '../../src/checker/cache.js';
import { createExplain, type ExplainParts } from '../../src/checker/explain.js';
import type { FetchResult } from '../../src/checker/merge.js';
import { NamePool } from '../../src/checker/name-pool.js';
import { namespacedKey } from '../../src/domain/identity.js';
import { asUsername } from '../../src/domain/names.js';
import type { Fetch } from '../../src/http/bounded-get.js';
import { manualClock } from '../helpers/clock.js';
import { deferred } from '../helpers/deferred.js';
import { active } from '../helpers/ecpds.js';
import { recordingObserver } from '../helpers/observer.js';
import { ecpdsServers } from '../helpers/servers.js';

const A = 'http://a.example';
const B = 'http://b.example';
const ALICE = { username: 'alice', realm: 'ecmwf', issuer: null, destination: 'CIP' };
const everybody = () => true;

type Said = readonly string[] | number | 'refused' | 'silent';

/** Servers by URL, each with what it says; a cache that holds what a test put there. */
function setUp(says: Record<string, Said>, more: Partial<ExplainParts> & { maxQueued?: number } = {}) {
  const clock = manualClock();
  const observer = recordingObserver();
  const calls: string[] = [];
  const fetch: Fetch = async (url) => {
    calls.push(url.host);
    const said = says[url.origin];
    if (said === 'refused') throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    if (said === 'silent' || said === undefined) return deferred<Awaited<ReturnType<Fetch>>>().promise;
    const status = typeof said === 'number' ? said : 200;
    const names = typeof said === 'number' ? [] : said;
    const text = JSON.stringify({ destinationList: active(...names), success: 'yes' });
    return { status, headers: new Headers(), body: new Blob([text]).stream() };
  };
  const { maxQueued = 10, ...parts } = more;
  const servers = ecpdsServers({
    urls: Object.keys(says),
    limits: { maxConcurrent: 1, maxQueued },
    circuit: { failures: 1, openMs: 60_000 },
    fetch,
    observer,
  });
  t.teardown(() => {
    for (const server of servers) server.stop();
  });
  const cache = new DestinationCache({ ttlMs: 300_000, maxEntries: 10, ttlJitter: 0 }, clock);
  const hold = async (names: readonly string[], realm: string | null = 'ecmwf') => {
    const key = namespacedKey({ username: asUsername('alice'), realm, issuer: null });
    const list: FetchResult = { ok: true, list: new NamePool().list(names), outcome: 'Success' };
    const lookup = cache.lookup(key, async () => list);
    if (lookup.outcome !== 'hit') await lookup.pending;
  };
  const explain = createExplain({
    cache,
    servers,
    policy: 'strict',
    clock,
    observer,
    budgetMs: 5000,
    ...parts,
  });
  return { clock, observer, calls, cache, servers, hold, explain };
}

t.test('without a list the fresh look is what a request would get, and it is not kept', async (t) => {
  const { explain, cache, observer } = setUp({ [A]: ['FOO'], [B]: ['CIP'] });
  const told = await explain(ALICE, 'r', everybody);
  t.match(told, {
    cache: { held: false },
    heldForNamesakes: 0,
    fetchRuns: false,
    servers: [
      { index: 0, outcome: 'Success', listed: false, status: 200, circuitOpen: false, error: null },
      { index: 1, outcome: 'Success', listed: true, status: 200, circuitOpen: false, error: null },
    ],
    fresh: { verdict: 'allow' },
    request: { from: 'fresh', verdict: { verdict: 'allow' } },
  });
  t.equal(cache.size(), 0);
  t.same(observer.steps, ['fetch Success'], 'a fetch is counted; no hit and no miss is');
  t.equal(observer.reports.length, 2);
});

t.test('a list in the cache decides, whatever the servers say by now', async (t) => {
  for (const [held, fresh] of [
    [['CIP'], ['FOO']],
    [['FOO'], ['CIP']],
  ] as const) {
    const { explain, hold, clock } = setUp({ [A]: fresh });
    await hold(held);
    clock.advance(40_000);
    const told = await explain(ALICE, 'r', everybody);
    const listed = held[0] === 'CIP';
    t.same(told.cache, { held: true, ageMs: 40_000, remainingMs: 260_000, listed });
    t.equal(told.request.from, 'cache');
    t.equal(told.request.verdict.verdict, listed ? 'allow' : 'deny');
    t.equal(told.fresh.verdict, listed ? 'deny' : 'allow');
  }
});

t.test('the key is the identity: a list of another realm is not this one, but is told of', async (t) => {
  const { explain, hold } = setUp({ [A]: [] });
  await hold(['CIP'], 'other');
  await hold(['CIP'], null);
  t.match(await explain(ALICE, 'r', everybody), {
    cache: { held: false },
    heldForNamesakes: 2,
    request: { from: 'fresh', verdict: { verdict: 'deny', reason: 'DestinationNotInList' } },
  });
});

t.test('each failure names its server, and the policy says what it comes to', async (t) => {
  const says = { [A]: ['CIP'], [B]: 500 } as const;
  const strict = await setUp(says).explain(ALICE, 'r', everybody);
  t.match(strict.servers[1], { outcome: 'ServerError', error: 'HTTP 500', status: 500, listed: null });
  t.match(strict.fresh, { verdict: 'unavailable', fetchOutcome: 'ServerError' });
  const tolerant = setUp(says, { policy: 'any_success' });
  t.match((await tolerant.explain(ALICE, 'r', everybody)).fresh, { verdict: 'allow' });
  const missing = { ...ALICE, destination: 'FOO' };
  const denied = await setUp(says, { policy: 'any_success' }).explain(missing, 'r', everybody);
  t.match(denied.fresh, { verdict: 'deny' }, 'as a request would be, though a server failed');
});

t.test('a server whose circuit is open is not called, and says so', async (t) => {
  const { explain, calls } = setUp({ [A]: 'refused' });
  t.match((await explain(ALICE, 'r', everybody)).servers, [{ circuitOpen: false, error: 'ECONNREFUSED' }]);
  const told = await explain(ALICE, 'r', everybody);
  t.match(told.servers, [
    { circuitOpen: true, error: 'circuit open', outcome: 'Unreachable', durationMs: null, status: null },
  ]);
  t.equal(calls.length, 1);
});

t.test('a server without room is not called, and a request would get no list', async (t) => {
  const { explain, servers, calls, observer } = setUp({ [A]: 'silent', [B]: ['CIP'] }, { maxQueued: 0 });
  void servers[0]?.ask({ requestId: 'x', eventType: null, username: asUsername('bob') });
  await new Promise(setImmediate);
  const told = await explain(ALICE, 'r', everybody);
  t.match(told.servers, [{ error: /too many calls/, listed: null }, { listed: true }]);
  t.match(told.fresh, { verdict: 'unavailable', fetchOutcome: 'Unreachable' });
  t.same(calls, ['a.example', 'b.example']);
  t.same(observer.steps, [], 'and no fetch is counted');
});

t.test('a server that is silent is given up in time', async (t) => {
  const { explain } = setUp({ [A]: 'silent', [B]: ['CIP'] }, { budgetMs: 20 });
  const told = await explain(ALICE, 'r', everybody);
  t.match(told.servers, [{ error: 'no answer within 20 ms', outcome: 'Unreachable' }, { listed: true }]);
  t.match(told.fresh, { verdict: 'unavailable' });
});

t.test('a fetch in flight is told of, and not joined', async (t) => {
  const { explain, cache } = setUp({ [A]: ['CIP'] });
  const { promise, resolve } = deferred<FetchResult>();
  const key = namespacedKey({ username: asUsername('alice'), realm: 'ecmwf', issuer: null });
  cache.lookup(key, () => promise);
  t.match(await explain(ALICE, 'r', everybody), { fetchRuns: true, fresh: { verdict: 'allow' } });
  resolve({ ok: false, outcome: 'Unreachable' });
});

t.test('whom ECPDS does not know by that name is told so, without a call', async (t) => {
  const { explain, calls } = setUp({ [A]: ['CIP'] });
  const stranger = { verdict: 'deny', reason: 'NotAnEcpdsUser' };
  t.match(await explain(ALICE, 'r', () => false), {
    servers: [],
    fresh: stranger,
    request: { from: 'namespace', verdict: stranger },
  });
  t.equal(calls.length, 0);
});
