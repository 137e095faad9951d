import type { Wrk } from './load/wrk.js';
import type { Cores } from './world/cores.js';

/** How much one run measures, and for how long. */
export interface Scale {
  /** Measurements of each contestant. */
  readonly rounds: number;
  /** One measurement, in seconds. */
  readonly seconds: number;
  /** Load before the first measurement, in seconds: compilers warm up, caches fill. */
  readonly warmupSeconds: number;
  /** The longest wait for a process's memory to stop moving, in seconds. */
  readonly settleSeconds: number;
  /** Fresh processes whose memory is measured. */
  readonly memoryRuns: number;
  /** The points of the growth curves. */
  readonly userCounts: readonly number[];
  readonly destinationCounts: readonly number[];
}

/** What every part of the benchmark is given. */
export interface Context {
  readonly wrk: Wrk;
  readonly cores: Cores;
  /** For configurations, scripts and profiles; removed at the end. */
  readonly folder: string;
  readonly scale: Scale;
  /** Says what is going on. */
  readonly progress: (line: string) => void;
}

const POINTS = { userCounts: [100, 1_000, 10_000, 100_000], destinationCounts: [10, 100, 1_000] };

/** The scales by the name of their mode. */
export const SCALES = {
  full: {
    ...{ rounds: 7, seconds: 4, warmupSeconds: 3 },
    ...{ settleSeconds: 30, memoryRuns: 3 },
    ...POINTS,
  },
  quick: {
    ...{ rounds: 2, seconds: 1, warmupSeconds: 1 },
    ...{ settleSeconds: 3, memoryRuns: 1 },
    ...{ userCounts: [1_000], destinationCounts: [100] },
  },
  // Many short rounds: a disturbance spoils some of them, and the median does not see it.
  gates: {
    ...{ rounds: 11, seconds: 1, warmupSeconds: 2 },
    ...{ settleSeconds: 5, memoryRuns: 1 },
    ...POINTS,
  },
} as const satisfies Record<string, Scale>;

export type Mode = keyof typeof SCALES;
