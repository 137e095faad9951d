import t, { type Test } from 'tap';
import { DestinationCache } from '../../src/checker/cache.js';
import { createChecker } from '../../src/checker/checker.js';
import type { FetchResult } from '../../src/checker/merge.js';
import { NamePool } from '../../src/checker/name-pool.js';
import type { FetchOutcome } from '../../src/domain/fetch-outcome.js';
import { asDestination } from '../../src/domain/names.js';
import { manualClock } from '../helpers/clock.js';
import { deferred } from '../helpers/deferred.js';
import { identity } from '../helpers/identity.js';
import { recordingObserver } from '../helpers/observer.js';

const TTL_MS = 1000;
const AFTER_MS = 800;
const pool = new NamePool();
const listing = (names: readonly string[], outcome: FetchOutcome = 'Success'): FetchResult => ({
  ...{ ok: true, outcome },
  list: pool.list(names),
});
const FAILED: FetchResult = { ok: false, outcome: 'ServerError' };

/** A checker whose fetches wait for the test, on a clock that only the test moves. */
function setUp(refreshAfterMs: number | null = AFTER_MS) {
  const clock = manualClock(5000);
  const observer = recordingObserver();
  const fetches: ReturnType<typeof deferred<FetchResult>>[] = [];
  const fetcher = (): Promise<FetchResult> => {
    const fetch = deferred<FetchResult>();
    fetches.push(fetch);
    return fetch.promise;
  };
  const cache = new DestinationCache({ ttlMs: TTL_MS, maxEntries: 10, ttlJitter: 0 }, clock);
  const checker = createChecker({ cache, fetcher, clock, observer, refreshAfterMs });
  const check = async (destination: string) =>
    checker.check({
      identity: identity(),
      destination: asDestination(destination),
      eventType: 'dissemination',
      requestId: 'r',
      deadline: clock.now() + 60_000,
    });
  const revoked = () => observer.steps.filter((step) => step.startsWith('revoked'));
  return { clock, observer, fetches, check, revoked };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
type World = ReturnType<typeof setUp>;

/** The first fetch of the user, answered. */
async function filled(world: World, ...names: string[]): Promise<void> {
  const first = world.check('CIP');
  await settle();
  world.fetches[0]?.resolve(listing(names));
  await first;
}

async function answer({ fetches }: World, index: number, result: FetchResult): Promise<void> {
  await settle();
  t.ok(fetches[index], `fetch ${index} was begun`);
  fetches[index]?.resolve(result);
  await settle();
}

const HIT = { kind: 'listed', cacheOutcome: 'hit' };

t.test('an old list is served at once and fetched again behind it, once', async (t) => {
  const world = setUp();
  await filled(world, 'CIP');
  world.clock.advance(AFTER_MS - 1);
  t.same(await world.check('CIP'), HIT);
  t.equal(world.fetches.length, 1, 'not before it is old');
  world.clock.advance(1);
  for (let i = 0; i < 50; i += 1) t.same(await world.check('CIP'), HIT);
  await settle();
  t.equal(world.fetches.length, 2);
  await answer(world, 1, listing(['CIP']));
  world.clock.advance(TTL_MS - 1);
  t.same(await world.check('CIP'), HIT, 'the new list has a life of its own');
  t.equal(world.observer.steps.filter((step) => step === 'cacheMiss').length, 1, 'it is never a miss');
});

t.test('the life of the new list counts from the start of its fetch', async (t) => {
  const world = setUp();
  await filled(world, 'CIP');
  world.clock.advance(AFTER_MS);
  await world.check('CIP');
  await settle();
  world.clock.advance(150);
  await answer(world, 1, listing(['CIP']));
  world.clock.advance(TTL_MS - 150 + 1);
  const next = world.check('CIP');
  await answer(world, 2, listing([]));
  t.match(await next, { kind: 'not_listed', cacheOutcome: 'miss_fetched' });
});

t.test('a list that nobody asks for is not fetched again', async (t) => {
  const world = setUp();
  await filled(world, 'CIP');
  world.clock.advance(TTL_MS * 10);
  await settle();
  t.equal(world.fetches.length, 1);
});

const FAILURES: Record<string, FetchResult> = {
  'a failed one': FAILED,
  'one in which a server failed, under any_success': listing(['NEW'], 'Unreachable'),
  'one without a list, under any_success': listing([], 'ServerError'),
};

for (const [name, failure] of Object.entries(FAILURES)) {
  t.test(`${name} changes nothing, extends nothing and is not repeated`, async (t) => {
    const world = setUp();
    await filled(world, 'CIP');
    world.clock.advance(AFTER_MS);
    await world.check('CIP');
    await settle();
    await answer(world, 1, failure);
    t.same(await world.check('CIP'), HIT);
    t.same(await world.check('NEW'), { kind: 'not_listed', cacheOutcome: 'hit' });
    world.clock.advance(TTL_MS - AFTER_MS - 1);
    t.same(await world.check('CIP'), HIT);
    t.equal(world.fetches.length, 2);
    t.same(world.revoked(), []);
    world.clock.advance(2);
    const next = world.check('CIP');
    await settle();
    t.equal(world.fetches.length, 3, 'the old list ends when it would have ended');
    await answer(world, 2, FAILED);
    t.match(await next, { kind: 'unavailable', cacheOutcome: 'miss_fetched' });
  });
}

t.test('what was granted and is gone is told, with its last grant; nothing else is', async (t) => {
  const world = setUp();
  await filled(world, 'CIP', 'FOO', 'BAR', 'NEVER-ASKED');
  await world.check('FOO');
  world.clock.advance(AFTER_MS);
  await world.check('BAR');
  await world.check('NOT-LISTED');
  await settle();
  world.clock.advance(50);
  await world.check('FOO');
  world.clock.advance(50);
  await answer(world, 1, listing(['BAR', 'OTHER']));
  t.same(world.revoked(), [`revoked alice CIP ${AFTER_MS + 100}`, 'revoked alice FOO 50']);
  t.match(await world.check('CIP'), { kind: 'not_listed', cacheOutcome: 'hit' });
});

t.test('a grant from the newer list is none from the older', async (t) => {
  const world = setUp();
  await filled(world, 'CIP');
  for (const [index, names] of [['CIP', 'FOO'], ['CIP'], ['CIP']].entries()) {
    world.clock.advance(AFTER_MS);
    await world.check('CIP');
    await settle();
    await answer(world, index + 1, listing(names));
    if (index === 0) await world.check('FOO');
  }
  t.same(world.revoked(), [`revoked alice FOO ${AFTER_MS}`], 'once');
});

t.test('who comes after the end of the old list waits for the refresh in flight', async (t) => {
  const world = setUp();
  await filled(world, 'CIP');
  world.clock.advance(AFTER_MS);
  await world.check('CIP');
  await settle();
  world.clock.advance(TTL_MS);
  const waiting = [world.check('CIP'), world.check('FOO')];
  await answer(world, 1, listing(['FOO']));
  t.match(await Promise.all(waiting), [
    { kind: 'not_listed', cacheOutcome: 'miss_coalesced' },
    { kind: 'listed', cacheOutcome: 'miss_coalesced' },
  ]);
  t.equal(world.fetches.length, 2);
});

t.test('a refresh in which a server failed is a verdict for who waits, and is not kept', async (t) => {
  const world = setUp();
  await filled(world, 'CIP');
  world.clock.advance(AFTER_MS);
  await world.check('CIP');
  await settle();
  world.clock.advance(TTL_MS);
  const waiting = world.check('CIP');
  await answer(world, 1, listing(['CIP'], 'Unreachable'));
  t.match(await waiting, { kind: 'listed', cacheOutcome: 'miss_coalesced' });
  const next = world.check('CIP');
  await answer(world, 2, listing(['CIP']));
  t.match(await next, { kind: 'listed', cacheOutcome: 'miss_fetched' });
});

t.test('a bug in a refresh is told, and harms nobody', async (t: Test) => {
  const world = setUp();
  await filled(world, 'CIP');
  world.clock.advance(AFTER_MS);
  await world.check('CIP');
  await settle();
  const bug = new TypeError('a bug');
  world.fetches[1]?.reject(bug);
  await settle();
  t.same(world.observer.bugs, [bug]);
  t.same(await world.check('CIP'), HIT);
});

t.test('switched off, nothing is fetched before the end, and no grant is remembered', async (t) => {
  const world = setUp(null);
  await filled(world, 'CIP');
  world.clock.advance(TTL_MS - 1);
  t.same(await world.check('CIP'), HIT);
  await settle();
  t.equal(world.fetches.length, 1);
});
