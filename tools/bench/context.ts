import type { Wrk } from './load/wrk.js';
import type { Cores } from './world/cores.js';

/** How much time one run takes. */
export interface Pace {
  readonly rounds: number;
  /** One measurement, in seconds. */
  readonly seconds: number;
  /** Before the first, in seconds: compilers warm up and caches fill. */
  readonly warmupSeconds: number;
}

/** What every part of the benchmark is given. */
export interface Context {
  readonly wrk: Wrk;
  readonly cores: Cores;
  /** For configurations, scripts and profiles; removed at the end. */
  readonly folder: string;
  readonly pace: Pace;
  /** Says what is going on, on standard error. */
  readonly progress: (line: string) => void;
}
