import t from 'tap';
import { fail, ok } from '../../../src/domain/result.js';
import type { KeyFetch } from '../../../src/identity/jwks/fetch-keys.js';
import { type After, createRefresher } from '../../../src/identity/jwks/refresher.js';
import { KeySlot } from '../../../src/identity/jwks/slot.js';
import { manualClock } from '../../helpers/clock.js';

const REFRESH = { refreshMs: 1000, cooldownMs: 100, maxStaleMs: 5000 };
const FAILURE: KeyFetch = {
  status: null,
  result: fail({ outcome: 'unreachable', error: 'ECONNREFUSED' }),
  jwksUri: null,
};
const SUCCESS: KeyFetch = { status: 200, result: ok({ keys: [], skipped: [] }), jwksUri: null };

/** A refresher whose timers a test lets run out. */
function bench(random: () => number) {
  const clock = manualClock();
  const timers: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const after: After = (ms, run) => {
    const timer = { ms, run, cancelled: false };
    timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  };
  const world = { answer: SUCCESS, attempts: 0 };
  const slot = new KeySlot({
    provider: 'Gitlab',
    refresh: REFRESH,
    async fetch() {
      world.attempts += 1;
      return world.answer;
    },
    now: clock.now,
    attempted: () => refresher.plan(),
  });
  const refresher = createRefresher(slot, after, random);
  const due = () => timers.filter(({ cancelled }) => !cancelled).at(-1);
  /** Lets the timer run out, and waits for its attempt. */
  const elapse = async (): Promise<void> => {
    const timer = due();
    clock.advance(timer?.ms ?? 0);
    timer?.run();
    await slot.refresh();
  };
  return { clock, timers, world, slot, refresher, due, elapse };
}

t.test(
  'the next attempt is within refresh_seconds after a success, and within the cooldown after a failure',
  async (t) => {
    for (const [random, share] of [
      [0, 0.8],
      [0.5, 0.9],
      [1, 1],
    ] as const) {
      const { slot, world, due, elapse } = bench(() => random);
      await slot.refresh();
      t.equal(due()?.ms, 1000 * share);
      world.answer = FAILURE;
      await elapse();
      t.equal(due()?.ms, 100 * share);
      await elapse();
      t.equal(due()?.ms, 100 * share, 'until one succeeds');
      world.answer = SUCCESS;
      await elapse();
      t.equal(due()?.ms, 1000 * share);
    }
  },
);

t.test('an attempt that a token asked for moves the next one', async (t) => {
  const { slot, world, timers, due } = bench(() => 1);
  await slot.refresh();
  world.answer = FAILURE;
  await slot.refresh();
  t.equal(due()?.ms, 100);
  t.equal(timers.filter(({ cancelled }) => !cancelled).length, 1, 'and there is only one');
});

t.test('once stopped nothing is planned any more, not even by an attempt in flight', async (t) => {
  const { slot, refresher, timers, due } = bench(() => 1);
  await slot.refresh();
  const running = slot.refresh();
  refresher.stop();
  await running;
  t.equal(due(), undefined);
  t.ok(timers.every(({ cancelled }) => cancelled));
});
