import type { Clock } from '../../src/checker/clock.js';

/** A clock that stands still until a test moves it; in milliseconds. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(start = 1000): ManualClock {
  let at = start;
  return {
    now: () => at,
    advance(ms) {
      at += ms;
    },
  };
}
