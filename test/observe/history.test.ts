import t from 'tap';
import { History, KEPT_MS, RECENT_MS, STEP_MS } from '../../src/observe/history.js';
import { type Counts, NOTHING_COUNTED } from '../../src/observe/totals.js';
import { manualClock } from '../helpers/clock.js';
import { until } from '../helpers/until.js';

/** A history of counters that a test sets, on a clock that it moves. */
function bench() {
  const clock = manualClock();
  const failures: unknown[] = [];
  const world = { totals: NOTHING_COUNTED, fault: null as Error | null };
  const history = new History({
    read: async () => {
      if (world.fault !== null) throw world.fault;
      return world.totals;
    },
    now: () => clock.now(),
    failed: (cause) => void failures.push(cause),
  });
  return {
    clock,
    history,
    failures,
    world,
    count(parts: Partial<Counts>) {
      world.totals = { ...world.totals, ...parts };
    },
    /** So many steps pass, each with its reading. */
    async steps(count: number) {
      for (let i = 0; i < count; i += 1) {
        clock.advance(STEP_MS);
        await history.sample();
      }
    },
  };
}

t.test('what came after the last reading shows at once', async (t) => {
  const { history, count, clock, steps } = bench();
  await steps(3);
  count({ cacheMisses: 1 });
  clock.advance(1_000);
  const { recent, steps: past } = await history.past();
  t.equal(recent.cacheMisses, 1);
  t.equal(recent.seconds, 31, 'a young process looks back to its start');
  t.same(
    past.map(({ cacheMisses, seconds, endedAgoSeconds }) => [cacheMisses, seconds, endedAgoSeconds]),
    [
      [0, 10, 21],
      [0, 10, 11],
      [0, 10, 1],
      [1, 1, 0],
    ],
  );
});

t.test('before any reading everything since the start is recent, even while no time passes', async (t) => {
  const { history, count } = bench();
  count({ cacheHits: 2, statuses: { '200': 2 } });
  const { recent, steps } = await history.past();
  t.match(recent, { cacheHits: 2, statuses: { '200': 2 }, seconds: 0 });
  t.equal(steps.length, 1);
});

t.test('recent is the last five minutes, and no more', async (t) => {
  const { history, count, steps } = bench();
  count({ cacheHits: 5 });
  await steps(1);
  count({ cacheHits: 8 });
  await steps(RECENT_MS / STEP_MS);
  t.equal((await history.past()).recent.cacheHits, 3, 'what was counted before is out');
  t.equal((await history.past()).recent.seconds, 300);
  await steps(1);
  t.equal((await history.past()).recent.cacheHits, 0);
});

t.test('fifteen minutes are kept, however long it runs', async (t) => {
  const { history, count, steps } = bench();
  const kept = KEPT_MS / STEP_MS;
  count({ revokedGrants: 7 });
  await steps(3 * kept);
  const { steps: past } = await history.past();
  t.equal(past.length, kept + 1, 'and what goes on at the moment');
  t.equal(
    past.reduce((sum, { seconds }) => sum + seconds, 0),
    900,
  );
  t.ok(past.every(({ revokedGrants }) => revokedGrants === 0));
});

t.test('after a sleep of the host the whole sleep counts, in place of nothing', async (t) => {
  const { history, count, clock, steps } = bench();
  await steps(2);
  count({ droppedLogLines: 4 });
  clock.advance(8 * 3_600_000);
  const before = await history.past();
  t.equal(before.recent.droppedLogLines, 4);
  t.equal(before.steps.at(-1)?.droppedLogLines, 4);
  await history.sample();
  t.equal((await history.past()).recent.droppedLogLines, 4, 'a reading does not hide it');
});

t.test('only what grew is in the records of a step', async (t) => {
  const { history, count, steps } = bench();
  count({ statuses: { '200': 4, '403': 1 }, authRequests: { 'direct success': 5 } });
  await steps(1);
  count({ statuses: { '200': 6, '403': 1, '503': 2 } });
  const step = (await history.past()).steps.at(-1);
  t.same(step?.statuses, { '200': 2, '503': 2 });
  t.same(step?.authRequests, {});
});

t.test('it reads by itself until it is stopped, and a reading that fails is told', async (t) => {
  const ticks: (() => void)[] = [];
  const timers: unknown[] = [];
  t.intercept(globalThis, 'setInterval', {
    value: (tick: () => void, ms: number) => {
      t.equal(ms, STEP_MS);
      ticks.push(tick);
      const timer = { unref: () => timer };
      timers.push(timer);
      return timer;
    },
  });
  const cleared: unknown[] = [];
  t.intercept(globalThis, 'clearInterval', { value: (timer: unknown) => void cleared.push(timer) });
  const { history, clock, failures, world } = bench();
  history.start();
  clock.advance(STEP_MS);
  for (const tick of ticks) tick();
  await until(async () => (await history.past()).steps.length === 2);
  world.fault = new Error('a bug');
  for (const tick of ticks) tick();
  await until(() => failures.length === 1);
  history.stop();
  t.same(cleared, timers);
});
