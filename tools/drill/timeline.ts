import type { Drill } from './drill.js';
import type { History } from './run.js';
import { losableOf, losesRight } from './world/people.js';

/** What happened when, in equal steps from the start of a drill. */
export interface Timeline {
  readonly stepMs: number;
  /** The longest wait, in milliseconds, of those who came in a step and got 503; 0 when nobody did. */
  readonly unavailableWait: readonly number[];
  /** How many who came in a step had to wait for a list and got a verdict. */
  readonly waitedForList: readonly number[];
  /** How many calls to the first server ran in the middle of a step. */
  readonly inFlight: readonly number[];
  /** How many users could use a revoked right in a step or a later one. */
  readonly stillUsing: readonly number[];
}

const STEPS = 90;

export function timelineOf(drill: Drill, history: History): Timeline {
  const stepMs = drill.durationMs / STEPS;
  const { answers } = history;
  const [unavailableWait, waitedForList] = [zeros(), zeros()];
  const stepOf = (at: number): number => Math.min(STEPS - 1, Math.floor(at / stepMs));
  for (const { at, answeredAt, kind, cacheOutcome } of answers) {
    const step = stepOf(at);
    if (kind === 'unavailable') unavailableWait[step] = Math.max(unavailableWait[step] ?? 0, answeredAt - at);
    else if (cacheOutcome !== 'hit') waitedForList[step] = (waitedForList[step] ?? 0) + 1;
  }
  return {
    stepMs,
    unavailableWait,
    waitedForList,
    inFlight: inFlightOf(history, stepMs),
    stillUsing: stillUsingOf(drill, history, stepOf),
  };
}

const zeros = (): number[] => Array.from({ length: STEPS }, () => 0);

function inFlightOf({ calls }: History, stepMs: number): number[] {
  const ofFirst = calls.filter(({ server }) => server === 0);
  return zeros().map((_, step) => {
    const at = (step + 0.5) * stepMs;
    return ofFirst.filter(({ startedAt, endedAt }) => startedAt <= at && (endedAt ?? at + 1) > at).length;
  });
}

function stillUsingOf(drill: Drill, { answers }: History, stepOf: (at: number) => number): readonly number[] {
  const lastUse = new Map<string, number>();
  for (const { user, destination, kind, answeredAt } of answers) {
    if (kind === 'allow' && losesRight(drill, user) && destination === losableOf(user))
      lastUse.set(user, stepOf(answeredAt));
  }
  const uses = [...lastUse.values()];
  return zeros().map((_, step) => uses.filter((last) => last >= step).length);
}
