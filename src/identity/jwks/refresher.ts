import type { KeySlot } from './slot.js';

/** Runs something later, once; the answer takes it back. */
export type After = (ms: number, run: () => void) => () => void;

/** Does not keep the process alive. */
export const afterTimeout: After = (ms, run) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** The least share of the longest time that passes between attempts: replicas started together drift apart. */
const LEAST_SHARE = 0.8;

export interface Refresher {
  /** To be told whenever an attempt ended, whoever asked for it: the next one counts from there. */
  plan(): void;
  stop(): void;
}

/**
 * Keeps a slot's keys fresh: an attempt at once, then one within `refreshMs` after a success and within `cooldownMs`
 * after a failure, each time at 80 to 100 % of it.
 *
 * @param random 0 to 1
 */
export function createRefresher(slot: KeySlot, after: After, random: () => number): Refresher {
  let cancel: (() => void) | null = null;
  let stopped = false;
  const plan = (): void => {
    cancel?.();
    if (stopped) return;
    const share = LEAST_SHARE + (1 - LEAST_SHARE) * random();
    cancel = after(slot.dueInMs(share), () => void slot.refresh());
  };
  return {
    plan,
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
