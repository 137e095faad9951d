import t from 'tap';
import { DestinationCache } from '../../src/checker/cache.js';
import { type CheckRequest, createChecker } from '../../src/checker/checker.js';
import { createFetcher, type Fetcher } from '../../src/checker/fetcher.js';
import type { FetchResult } from '../../src/checker/merge.js';
import { NamePool } from '../../src/checker/name-pool.js';
import { FETCH_FAILURES } from '../../src/domain/fetch-outcome.js';
import { asDestination } from '../../src/domain/names.js';
import { createHttpClient } from '../../src/http/client.js';
import { manualClock } from '../helpers/clock.js';
import { deferred } from '../helpers/deferred.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { identity } from '../helpers/identity.js';
import { recordingObserver } from '../helpers/observer.js';
import { ecpdsServers } from '../helpers/servers.js';

const CIP: FetchResult = { ok: true, list: new NamePool().list(['CIP']), outcome: 'Success' };
const FAR = 1_000_000;

function setUp(fetcher: Fetcher) {
  const clock = manualClock();
  const observer = recordingObserver();
  let fetches = 0;
  const counted: Fetcher = (context) => {
    fetches += 1;
    return fetcher(context);
  };
  const cache = new DestinationCache({ ttlMs: 10_000, maxEntries: 100, ttlJitter: 0 }, clock);
  const checker = createChecker({ cache, fetcher: counted, clock, observer, refreshAfterMs: null });
  return { clock, observer, checker, fetches: () => fetches };
}
const asking = (destination: string | null = 'CIP', parts: Partial<CheckRequest> = {}): CheckRequest => ({
  identity: identity(),
  destination: destination === null ? null : asDestination(destination),
  eventType: 'dissemination',
  requestId: 'request-1',
  deadline: FAR,
  ...parts,
});
const forUser = (parts: Parameters<typeof identity>[0], destination = 'CIP') =>
  asking(destination, { identity: identity(parts) });

t.test('a listed destination is listed, first from a fetch and then from cache', async (t) => {
  const { checker, observer } = setUp(async () => CIP);
  t.same(await checker.check(asking()), { kind: 'listed', cacheOutcome: 'miss_fetched' });
  t.same(await checker.check(asking()), { kind: 'listed', cacheOutcome: 'hit' });
  t.same(observer.steps, ['started', 'cacheMiss', 'started', 'cacheHit']);
});

t.test('a denial from cache costs no fetch, whichever destination it is about', async (t) => {
  const { checker, fetches } = setUp(async () => CIP);
  t.same(await checker.check(asking('FOO')), { kind: 'not_listed', cacheOutcome: 'miss_fetched' });
  for (const name of ['FOO', 'BAR', 'cip', 'CIP ', '__proto__', 'has', 'size']) {
    t.same(await checker.check(asking(name)), { kind: 'not_listed', cacheOutcome: 'hit' }, name);
  }
  t.equal(fetches(), 1);
});

t.test('without a destination nothing is looked up', async (t) => {
  const { checker, observer, fetches } = setUp(async () => CIP);
  t.same(await checker.check(asking(null)), { kind: 'match_key_missing', cacheOutcome: 'none' });
  t.same(observer.steps, ['started']);
  t.equal(fetches(), 0);
});

for (const { outcome } of FETCH_FAILURES) {
  t.test(`${outcome} is no verdict, and the next request asks again`, async (t) => {
    const { checker, fetches } = setUp(async () => ({ ok: false, outcome }));
    const unavailable = { kind: 'unavailable', fetchOutcome: outcome, cacheOutcome: 'miss_fetched' };
    t.same(await checker.check(asking()), unavailable);
    t.same(await checker.check(asking()), unavailable);
    t.equal(fetches(), 2);
  });
}

t.test('a usable list beside a failed server is a verdict', async (t) => {
  const { checker } = setUp(async () => ({ ...CIP, outcome: 'ServerError' }));
  t.match(await checker.check(asking()), { kind: 'listed' });
});

t.test('equal usernames of two realms or issuers are two users', async (t) => {
  const { checker, fetches } = setUp(async () => CIP);
  const users = [
    { realm: 'a' },
    { realm: 'b' },
    { realm: null },
    { realm: 'a', issuer: 'i' },
    { username: 'bob' },
  ];
  for (const user of users) t.match(await checker.check(forUser(user)), { cacheOutcome: 'miss_fetched' });
  for (const user of users) t.match(await checker.check(forUser(user)), { cacheOutcome: 'hit' });
  t.equal(fetches(), users.length);
});

t.test('names that would be equal once joined are two users', async (t) => {
  const { checker, fetches } = setUp(async () => CIP);
  const pairs = [
    ['a', 'b:c'],
    ['a:b', 'c'],
    ['a","b', 'c'],
    ['a', 'b","c'],
    ['', 'a'],
    ['a\u0000b', 'c'],
    ['a', 'b\u0000c'],
  ];
  for (const [realm = '', username = ''] of pairs) {
    t.match(await checker.check(forUser({ realm, username })), { cacheOutcome: 'miss_fetched' });
  }
  t.equal(fetches(), pairs.length);
});

t.test('10,000 concurrent first requests of one user are one fetch, and one call per server', async (t) => {
  const servers = await Promise.all([
    startEcpds({ alice: active('CIP') }),
    startEcpds({ alice: active('FOO') }),
  ]);
  const client = createHttpClient({ connectTimeoutMs: 60_000, ca: null });
  t.teardown(async () => {
    await client.close();
    await Promise.all(servers.map((server) => server.close()));
  });
  const told = recordingObserver();
  const asked = ecpdsServers({ urls: servers.map(({ url }) => url), fetch: client.fetch, observer: told });
  const { checker, fetches, observer } = setUp(createFetcher(asked, 'strict', told));
  const names = ['CIP', 'FOO', 'BAR'];
  const checks = Array.from({ length: 10_000 }, (_, i) => checker.check(asking(names[i % 3])));
  const verdicts = await Promise.all(checks);
  const count = (wanted: object) =>
    verdicts.filter((verdict) => Object.entries(wanted).every(([k, v]) => Reflect.get(verdict, k) === v))
      .length;
  t.equal(fetches(), 1);
  t.same(
    servers.map(({ asked }) => asked),
    [['alice'], ['alice']],
  );
  t.equal(count({ cacheOutcome: 'miss_fetched' }), 1);
  t.equal(count({ cacheOutcome: 'miss_coalesced' }), 9_999);
  t.equal(count({ kind: 'listed' }), 6_667);
  t.equal(count({ kind: 'not_listed' }), 3_333);
  t.equal(observer.steps.filter((step) => step === 'cacheMiss').length, 10_000, 'waiters are misses, too');
});

t.test('concurrent requests share a failure as they share a list', async (t) => {
  const { promise, resolve } = deferred<FetchResult>();
  const { checker, fetches } = setUp(() => promise);
  const checks = [checker.check(asking()), checker.check(asking()), checker.check(asking())];
  resolve({ ok: false, outcome: 'ServerError' });
  const [first, ...others] = await Promise.all(checks);
  t.same(first, { kind: 'unavailable', fetchOutcome: 'ServerError', cacheOutcome: 'miss_fetched' });
  for (const other of others) t.same(other, { ...first, cacheOutcome: 'miss_coalesced' });
  t.equal(fetches(), 1);
});

t.test('who gives up at the deadline gets no verdict, and cancels nothing', async (t) => {
  const { promise, resolve } = deferred<FetchResult>();
  const { checker, clock, fetches } = setUp(() => promise);
  const impatient = { deadline: clock.now() };
  const late = { kind: 'unavailable', fetchOutcome: 'Unreachable' };
  t.same(await checker.check(asking('CIP', impatient)), { ...late, cacheOutcome: 'miss_fetched' });
  t.same(await checker.check(asking('CIP', impatient)), { ...late, cacheOutcome: 'miss_coalesced' });
  const patient = checker.check(asking());
  resolve(CIP);
  t.same(await patient, { kind: 'listed', cacheOutcome: 'miss_coalesced' });
  t.same(await checker.check(asking()), { kind: 'listed', cacheOutcome: 'hit' });
  t.equal(fetches(), 1);
});

t.test('a fetch that fails after everybody gave up troubles nobody', async (t) => {
  const { promise, reject } = deferred<FetchResult>();
  const results = [promise, Promise.resolve(CIP)];
  const { checker, clock } = setUp(() => results.shift() ?? Promise.reject(new Error('one too many')));
  await checker.check(asking('CIP', { deadline: clock.now() - 1 }));
  reject(new TypeError('a bug'));
  await t.rejects(promise);
  t.match(await checker.check(asking()), { kind: 'listed', cacheOutcome: 'miss_fetched' });
});

t.test('a bug in the fetcher is an error for all who wait, and no harm to the next', async (t) => {
  const bug = new TypeError('a bug');
  const bugs: Fetcher[] = [
    () => Promise.reject(bug),
    () => {
      throw bug;
    },
  ];
  for (const broken of bugs) {
    let next: Fetcher = broken;
    const { checker } = setUp((context) => next(context));
    const both = await Promise.all([checker.check(asking()), checker.check(asking())]);
    t.same(both[0], { kind: 'error', cause: bug, cacheOutcome: 'miss_fetched' });
    t.same(both[1], { kind: 'error', cause: bug, cacheOutcome: 'miss_coalesced' });
    next = async () => CIP;
    t.same(await checker.check(asking()), { kind: 'listed', cacheOutcome: 'miss_fetched' });
  }
});

t.test('the size of the cache is the number of users with a list', async (t) => {
  const { checker, clock } = setUp(async () => CIP);
  t.equal(checker.cacheSize(), 0);
  await checker.check(forUser({ username: 'a' }));
  await checker.check(forUser({ username: 'b' }));
  t.equal(checker.cacheSize(), 2);
  clock.advance(10_001);
  t.equal(checker.cacheSize(), 0);
});
