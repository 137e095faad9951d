import t from 'tap';
import { DestinationCache } from '../../src/checker/cache.js';
import type { FetchResult } from '../../src/checker/merge.js';
import { NamePool } from '../../src/checker/name-pool.js';
import { manualClock } from '../helpers/clock.js';
import { deferred } from '../helpers/deferred.js';

const TTL_MS = 1000;
const listing = (...names: string[]): FetchResult => ({
  ok: true,
  list: new NamePool().list(names),
  outcome: 'Success',
});
const FAILED: FetchResult = { ok: false, outcome: 'Unreachable' };

function newCache(maxEntries = 100) {
  const clock = manualClock();
  return { clock, cache: new DestinationCache({ ttlMs: TTL_MS, maxEntries, ttlJitter: 0 }, clock) };
}
/** Looks a key up, waits for the fetch if there was one, and says how the cache answered. */
async function outcomeOf(cache: DestinationCache, key: string, result: FetchResult = listing('CIP')) {
  const lookup = cache.lookup(key, async () => result);
  if (lookup.outcome !== 'hit') await lookup.pending;
  return lookup.outcome;
}

t.test('a list is fetched once and then served', async (t) => {
  const { cache } = newCache();
  t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
  const lookup = cache.lookup('a', () => Promise.reject(new Error('must not be called')));
  t.equal(lookup.outcome === 'hit' && lookup.list.list.has('CIP'), true);
});

t.test('an empty list is a list: who may read nothing costs no second fetch', async (t) => {
  const { cache } = newCache();
  t.equal(await outcomeOf(cache, 'a', listing()), 'miss_fetched');
  t.equal(await outcomeOf(cache, 'a'), 'hit');
});

t.test('a failure is never stored', async (t) => {
  const { cache } = newCache();
  for (let i = 0; i < 3; i += 1) t.equal(await outcomeOf(cache, 'a', FAILED), 'miss_fetched');
  t.equal(cache.size(), 0);
});

t.test('a failure takes nothing away from others', async (t) => {
  const { cache } = newCache();
  await outcomeOf(cache, 'a');
  await outcomeOf(cache, 'b', FAILED);
  t.equal(await outcomeOf(cache, 'a'), 'hit');
});

t.test('concurrent misses of one key share one fetch, and its result of whatever kind', async (t) => {
  for (const result of [listing('CIP'), listing(), FAILED]) {
    const { cache } = newCache();
    const { promise, resolve } = deferred<FetchResult>();
    let fetches = 0;
    const fetch = () => {
      fetches += 1;
      return promise;
    };
    const lookups = Array.from({ length: 50 }, () => cache.lookup('a', fetch));
    t.same([...new Set(lookups.map(({ outcome }) => outcome))], ['miss_fetched', 'miss_coalesced']);
    t.equal(lookups.filter(({ outcome }) => outcome === 'miss_fetched').length, 1);
    resolve(result);
    const results = await Promise.all(
      lookups.map((lookup) => (lookup.outcome === 'hit' ? null : lookup.pending)),
    );
    t.equal(new Set(results).size, 1);
    for (const each of results) t.match(each, { ok: result.ok, outcome: result.outcome });
    const list = results[0]?.ok === true ? results[0].list.list : null;
    t.equal(list, result.ok ? result.list : null);
    t.equal(fetches, 1);
  }
});

t.test('misses of different keys do not wait for one another', async (t) => {
  const { cache } = newCache();
  cache.lookup('a', () => new Promise(() => undefined));
  t.equal(await outcomeOf(cache, 'b'), 'miss_fetched');
});

t.test('a fetcher with a bug, thrown or rejected, harms its waiters only', async (t) => {
  const bugs: Record<string, () => Promise<FetchResult>> = {
    rejected: () => Promise.reject(new TypeError('a bug')),
    thrown: () => {
      throw new TypeError('a bug');
    },
  };
  for (const [how, bug] of Object.entries(bugs)) {
    const { cache } = newCache();
    const first = cache.lookup('a', bug);
    const second = cache.lookup('a', bug);
    t.same([first.outcome, second.outcome], ['miss_fetched', 'miss_coalesced'], how);
    for (const lookup of [first, second])
      if (lookup.outcome !== 'hit') await t.rejects(lookup.pending, /a bug/);
    t.equal(await outcomeOf(cache, 'a'), 'miss_fetched', 'the next request is unharmed');
    t.equal(await outcomeOf(cache, 'a'), 'hit');
  }
});

t.test('an entry lives for the TTL and no longer', async (t) => {
  const { cache, clock } = newCache();
  await outcomeOf(cache, 'a');
  clock.advance(TTL_MS - 1);
  t.equal(await outcomeOf(cache, 'a'), 'hit');
  clock.advance(2);
  t.equal(cache.size(), 0);
  t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
});

t.test('being read does not make an entry live longer', async (t) => {
  const { cache, clock } = newCache();
  await outcomeOf(cache, 'a');
  for (let i = 0; i < 4; i += 1) {
    clock.advance(TTL_MS / 4);
    await outcomeOf(cache, 'a');
  }
  clock.advance(1);
  t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
});

t.test('the TTL counts from the start of the fetch, not from its end', async (t) => {
  const { cache, clock } = newCache();
  const { promise, resolve } = deferred<FetchResult>();
  const lookup = cache.lookup('a', () => promise);
  clock.advance(TTL_MS - 10);
  resolve(listing('CIP'));
  if (lookup.outcome !== 'hit') await lookup.pending;
  t.equal(await outcomeOf(cache, 'a'), 'hit');
  clock.advance(11);
  t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
});

t.test('a fetch that took longer than the TTL answers its waiters and is not served to others', async (t) => {
  const { cache, clock } = newCache();
  const { promise, resolve } = deferred<FetchResult>();
  const lookup = cache.lookup('a', () => promise);
  clock.advance(TTL_MS + 1);
  t.equal(cache.lookup('a', () => promise).outcome, 'miss_coalesced');
  resolve(listing('CIP'));
  t.equal(lookup.outcome !== 'hit' && (await lookup.pending).ok, true);
  t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
});

t.test('the least recently used entry goes first', async (t) => {
  const { cache } = newCache(2);
  await outcomeOf(cache, 'a');
  await outcomeOf(cache, 'b');
  t.equal(await outcomeOf(cache, 'a'), 'hit');
  await outcomeOf(cache, 'c');
  t.equal(cache.size(), 2);
  t.equal(await outcomeOf(cache, 'a'), 'hit', 'used last');
  t.equal(await outcomeOf(cache, 'c'), 'hit');
  t.equal(await outcomeOf(cache, 'b'), 'miss_fetched', 'used least recently');
});

t.test('eviction never loses a fetch in flight', async (t) => {
  const { cache } = newCache(1);
  const { promise, resolve } = deferred<FetchResult>();
  let fetches = 0;
  const fetch = () => {
    fetches += 1;
    return promise;
  };
  const first = cache.lookup('a', fetch);
  for (let i = 0; i < 100; i += 1) await outcomeOf(cache, `other-${i}`);
  t.equal(cache.lookup('a', fetch).outcome, 'miss_coalesced');
  resolve(listing('CIP'));
  t.equal(first.outcome !== 'hit' && (await first.pending).ok, true);
  t.equal(fetches, 1);
  t.equal(await outcomeOf(cache, 'a'), 'hit');
  t.equal(cache.size(), 1);
});

t.test('size is what is held, not what was', async (t) => {
  const { cache, clock } = newCache();
  t.equal(cache.size(), 0);
  await outcomeOf(cache, 'a');
  clock.advance(TTL_MS / 2);
  await outcomeOf(cache, 'b');
  t.equal(cache.size(), 2);
  clock.advance(TTL_MS / 2 + 1);
  t.equal(cache.size(), 1);
});

t.test('an entry of the first moment of a clock ends like any other', async (t) => {
  const clock = manualClock(0);
  const cache = new DestinationCache({ ttlMs: TTL_MS, maxEntries: 10, ttlJitter: 0 }, clock);
  await outcomeOf(cache, 'a');
  clock.advance(TTL_MS);
  t.equal(await outcomeOf(cache, 'a'), 'hit');
  clock.advance(1);
  t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
});

t.test('with jitter an entry lives between its share and the whole of the TTL', async (t) => {
  for (const [random, lifeMs] of [
    [0, TTL_MS],
    [0.5, TTL_MS * 0.9],
    [0.999, TTL_MS * 0.8002],
  ] as const) {
    const clock = manualClock();
    const settings = { ttlMs: TTL_MS, maxEntries: 10, ttlJitter: 0.2 };
    const cache = new DestinationCache(settings, clock, () => random);
    await outcomeOf(cache, 'a');
    clock.advance(lifeMs - 1);
    t.equal(await outcomeOf(cache, 'a'), 'hit', `${random}: not before`);
    clock.advance(2);
    t.equal(await outcomeOf(cache, 'a'), 'miss_fetched', `${random}: not after`);
  }
});

t.test('with jitter entries of one moment end at many', async (t) => {
  const clock = manualClock();
  const cache = new DestinationCache({ ttlMs: TTL_MS, maxEntries: 1000, ttlJitter: 0.5 }, clock);
  for (let i = 0; i < 1000; i += 1) await outcomeOf(cache, `u${i}`);
  clock.advance(TTL_MS * 0.5 - 1);
  t.equal(cache.size(), 1000);
  clock.advance(TTL_MS * 0.25);
  const half = cache.size();
  t.ok(half > 350 && half < 650, `${half} of 1000 at half of the spread`);
  clock.advance(TTL_MS * 0.25 + 2);
  t.equal(cache.size(), 0);
});

t.test('a refresh is not begun while a fetch of the key is in flight', async (t) => {
  const { cache } = newCache();
  cache.lookup('a', () => new Promise(() => undefined));
  t.equal(
    cache.refresh('a', () => Promise.reject(new Error('must not be called'))),
    null,
  );
});

t.test('a peek tells a list and its time, and touches neither order nor age', async (t) => {
  const { cache, clock } = newCache(2);
  t.equal(cache.peek('a'), null);
  await outcomeOf(cache, 'a');
  clock.advance(400);
  await outcomeOf(cache, 'b');
  const seen = cache.peek('a');
  t.match(seen, { remainingMs: 600 });
  t.equal(seen?.list.list.has('CIP'), true);
  await outcomeOf(cache, 'c');
  t.equal(cache.peek('a'), null, 'the oldest went, though it was looked at last');
  t.not(cache.peek('b'), null);
  clock.advance(TTL_MS + 1);
  t.equal(cache.peek('b'), null, 'nor is what has expired');
});

t.test('a fetch in flight is told of, by key', async (t) => {
  const { cache } = newCache();
  const { promise, resolve } = deferred<FetchResult>();
  const lookup = cache.lookup('a', () => promise);
  t.same([cache.isFetching('a'), cache.isFetching('b')], [true, false]);
  resolve(listing('CIP'));
  if (lookup.outcome !== 'hit') await lookup.pending;
  t.equal(cache.isFetching('a'), false);
});

t.test('lists under other keys with the same ending are counted, expired ones left out', async (t) => {
  const { cache, clock } = newCache();
  for (const key of ['1,u', '2,u', '3,v']) await outcomeOf(cache, key);
  t.same(
    ['1,u', '3,u', '3,v'].map((key) => cache.countOthers(key, key.slice(1))),
    [1, 2, 0],
  );
  clock.advance(TTL_MS + 1);
  t.equal(cache.countOthers('1,u', ',u'), 0);
});

t.test(
  'a fetch that fails while a bug keeps everybody from waiting ends with nothing but itself',
  async (t) => {
    const { cache } = newCache();
    cache.lookup('a', () => Promise.reject(new Error('a bug')));
    await new Promise((resolve) => setTimeout(resolve, 5));
    t.equal(await outcomeOf(cache, 'a'), 'miss_fetched');
  },
);

t.test(
  'a fetch that can bring nothing any more is not waited for, and never overwrites a later one',
  async (t) => {
    const clock = manualClock();
    const settings = { ttlMs: TTL_MS, maxEntries: 10, ttlJitter: 0, maxFlightMs: 100 };
    const cache = new DestinationCache(settings, clock);
    const stuck = deferred<FetchResult>();
    const first = cache.lookup('a', () => stuck.promise);
    clock.advance(100);
    t.equal(cache.lookup('a', () => stuck.promise).outcome, 'miss_coalesced');
    t.equal(cache.isFetching('a'), true);
    clock.advance(1);
    t.equal(cache.isFetching('a'), false);
    t.equal(await outcomeOf(cache, 'a', listing('CIP')), 'miss_fetched');
    stuck.resolve(listing('OLD'));
    if (first.outcome !== 'hit') t.equal((await first.pending).ok, true, 'who waited gets it');
    const hit = cache.lookup('a', () => stuck.promise);
    t.equal(hit.outcome === 'hit' && hit.list.list.has('CIP'), true);
    t.equal(hit.outcome === 'hit' && hit.list.list.has('OLD'), false);
  },
);
