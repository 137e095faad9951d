import { seeded } from '../../../../tools/drill/random.js';
import type { Tokens } from '../world/tokens.js';
import { arrival, type Draw, REQUESTS_PER_ARRIVAL } from './mix.js';
import type { Plan } from './plan.js';

/** What arrives at one moment. */
export interface Arrival {
  /** Milliseconds from the beginning of the load. */
  readonly atMs: number;
  readonly plans: readonly Plan[];
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly tokens: Tokens;
  readonly longestHoldMs: number;
  /** Of the first request. */
  readonly firstNumber: number;
}

/** The arrivals of a Poisson process, fixed by the seed alone: nothing that is answered changes what comes next. */
export function* schedule(options: ScheduleOptions, requestsPerSecond: number): Generator<Arrival, never> {
  const random = seeded(options.seed);
  const draw: Draw = { random, tokens: options.tokens, longestHoldMs: options.longestHoldMs };
  const meanGapMs = (1000 * REQUESTS_PER_ARRIVAL) / requestsPerSecond;
  let [atMs, number] = [0, options.firstNumber];
  for (;;) {
    atMs -= Math.log(1 - random()) * meanGapMs;
    const plans = arrival(draw, number);
    number += plans.length;
    yield { atMs, plans };
  }
}
