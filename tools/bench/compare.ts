import type { Context, Scale } from './context.js';
import type { WrkOptions } from './load/wrk.js';
import type { Load } from './load/wrk-output.js';
import { interleaved, type Measured } from './rounds.js';
import { cpuMicros } from './world/cpu.js';

/** Who answers, and what is asked. */
export interface Contestant extends Omit<WrkOptions, 'seconds'> {
  /** The process whose CPU time is counted. */
  readonly pid: number;
}

/** One measurement. */
export interface Sample extends Load {
  /** CPU time of the process for each request, in microseconds: what a busy neighbour hardly changes. */
  readonly cpuMicros: number;
}

export type Pace = Pick<Scale, 'rounds' | 'seconds' | 'warmupSeconds'>;

/** Warms every contestant up, then measures them in turn. */
export async function compare<N extends string>(
  part: string,
  { wrk, progress }: Context,
  contestants: Readonly<Record<N, Contestant>>,
  pace: Pace,
): Promise<Measured<N, Sample>> {
  const names = Object.keys(contestants) as N[];
  for (const name of names) {
    progress(`${part}: warming up ${name}`);
    await wrk({ ...contestants[name], seconds: pace.warmupSeconds });
  }
  const sample = async ({ pid, ...options }: Contestant): Promise<Sample> => {
    const before = cpuMicros(pid);
    const load = await wrk({ ...options, seconds: pace.seconds });
    return { ...load, cpuMicros: (cpuMicros(pid) - before) / load.requests };
  };
  const measures = Object.fromEntries(names.map((name) => [name, () => sample(contestants[name])]));
  return interleaved(measures as Record<N, () => Promise<Sample>>, pace.rounds, (name, round) =>
    progress(`${part}: round ${round + 1} of ${pace.rounds}, ${name}`),
  );
}

export const throughputs = (loads: readonly Load[]): number[] => loads.map(({ throughput }) => throughput);
export const p99s = (loads: readonly Load[]): number[] => loads.map(({ p99 }) => p99);
export const cpuTimes = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.cpuMicros);
