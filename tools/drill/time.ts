import FakeTimers from '@sinonjs/fake-timers';

/** Simulated time: everything that waits, waits for it. */
export interface SimulatedTime {
  /** Milliseconds since the start. */
  now(): number;
  /** Fires what is due until then, in order, and lets each timer's consequences happen before the next one. */
  runUntil(ms: number): Promise<void>;
}

/** When simulated time starts by the wall clock: as good as any, and the same for every run. */
const EPOCH = Date.UTC(2026, 0, 1);

/**
 * Runs something in simulated time, with chance by the given numbers: timers, `Date`, `performance` and `Math.random` of
 * this process are replaced meanwhile, so only one thing can run at a time.
 *
 * @param random gives numbers from 0 up to and without 1
 */
export async function inSimulatedTime<T>(
  random: () => number,
  run: (time: SimulatedTime) => Promise<T>,
): Promise<T> {
  const clock = FakeTimers.install({
    now: EPOCH,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const realRandom = Math.random;
  Math.random = random;
  try {
    return await run({
      now: () => clock.now - EPOCH,
      async runUntil(ms) {
        let isOver = false;
        clock.setTimeout(
          () => {
            isOver = true;
          },
          EPOCH + ms - clock.now,
        );
        await settled();
        while (!isOver) {
          clock.next();
          await settled();
        }
      },
    });
  } finally {
    Math.random = realRandom;
    clock.uninstall();
  }
}

/** Every promise that can settle without time passing has settled: `setImmediate` is real, and comes after them. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
