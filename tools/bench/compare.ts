import type { Context, Scale } from './context.js';
import type { WrkOptions } from './load/wrk.js';
import type { Load } from './load/wrk-output.js';
import { interleaved, type Measured } from './rounds.js';

/** Who answers, and what is asked. */
export type Contestant = Omit<WrkOptions, 'seconds'>;

export type Pace = Pick<Scale, 'rounds' | 'seconds' | 'warmupSeconds'>;

/** Warms every contestant up, then measures them in turn. */
export async function compare<N extends string>(
  part: string,
  { wrk, progress }: Context,
  contestants: Readonly<Record<N, Contestant>>,
  pace: Pace,
): Promise<Measured<N, Load>> {
  const names = Object.keys(contestants) as N[];
  for (const name of names) {
    progress(`${part}: warming up ${name}`);
    await wrk({ ...contestants[name], seconds: pace.warmupSeconds });
  }
  const measure = (name: N) => [name, () => wrk({ ...contestants[name], seconds: pace.seconds })] as const;
  const measures = Object.fromEntries(names.map(measure)) as Record<N, () => Promise<Load>>;
  return interleaved(measures, pace.rounds, (name, round) =>
    progress(`${part}: round ${round + 1} of ${pace.rounds}, ${name}`),
  );
}

export const throughputs = (loads: readonly Load[]): number[] => loads.map(({ throughput }) => throughput);
export const p99s = (loads: readonly Load[]): number[] => loads.map(({ p99 }) => p99);
