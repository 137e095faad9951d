import { median } from '../../../../tools/bench/stats.js';
import type { Sample } from '../watch/sample.js';

/** By how much the last third of a run may lie above the middle third. */
interface Allowance {
  readonly share: number;
  /** In the unit of the figure. */
  readonly amount: number;
}

/**
 * What has to be flat (docs/decisions/0054-soak.md). The first third of a run is not looked at: memory settles, and
 * half-open connections gather until the first of them are old enough to be ended.
 */
const FLAT: Readonly<Partial<Record<keyof Sample, Allowance>>> = {
  rssMb: { share: 0.05, amount: 4 },
  heapMb: { share: 0.1, amount: 4 },
  externalMb: { share: 0.1, amount: 2 },
  descriptors: { share: 0.15, amount: 15 },
  accepted: { share: 0.15, amount: 15 },
  timers: { share: 0.25, amount: 25 },
  resources: { share: 0.25, amount: 40 },
  cacheSize: { share: 0.15, amount: 50 },
};

/** Too few to say anything about. */
const FEWEST = 9;

/** Which figures were not flat, a sentence each. */
export function unflat(samples: readonly Sample[]): readonly string[] {
  if (samples.length < FEWEST)
    return [`only ${samples.length} looks at the process: too few to call it flat`];
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  return (Object.entries(FLAT) as [keyof Sample, Allowance][]).flatMap(([name, { share, amount }]) => {
    const [was, is] = [middle, last].map((part) => median(part.map((sample) => sample[name])));
    if (was === undefined || is === undefined || is <= was * (1 + share) + amount) return [];
    return [`${name} is not flat: ${was.toFixed(1)} in the middle of the run, ${is.toFixed(1)} at its end`];
  });
}
