import type { Activity } from '../triage/situation.js';
import { type Counts, compact, grownSince, NOTHING_COUNTED, type Totals } from './totals.js';

/** How often the counters are read, in milliseconds. */
export const STEP_MS = 10_000;
/** How long readings are kept, in milliseconds. */
export const KEPT_MS = 15 * 60 * 1000;
/** What `recent` looks back on, in milliseconds. */
export const RECENT_MS = 5 * 60 * 1000;

/** One step: what happened between two readings. */
export interface PastStep extends Activity {
  /** How long ago it ended. */
  readonly endedAgoSeconds: number;
}

/** What happened lately. */
export interface Past {
  /** The last five minutes and up to a step more, or since the start. */
  readonly recent: Required<Activity>;
  /** The last fifteen minutes and up to a step more, oldest first; the last one ends now and is shorter. */
  readonly steps: readonly PastStep[];
}

export interface HistoryOptions {
  /** Reads the counters. */
  readonly read: () => Promise<Counts>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** A reading met a bug; the next one comes all the same. */
  readonly failed: (cause: unknown) => void;
}

interface Reading {
  readonly at: number;
  readonly totals: Totals;
}

/** Remembers the counters of the last fifteen minutes: some 90 readings (docs/decisions/0041-history-in-process.md). */
export class History {
  readonly #options: HistoryOptions;
  readonly #readings: Reading[];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#readings = [{ at: options.now(), totals: compact(NOTHING_COUNTED) }];
  }

  start(): void {
    this.#timer = setInterval(() => void this.#sampleOrTell(), STEP_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes a reading, and forgets those that are too old. */
  async sample(): Promise<void> {
    const reading = await this.#read();
    this.#readings.splice(0, this.#readings.length, ...this.#since(reading, KEPT_MS), reading);
  }

  /** What happened lately, up to this moment: what came after the last reading is in it. */
  async past(): Promise<Past> {
    const latest = await this.#read();
    const earlier = this.#since(latest, KEPT_MS);
    const [from = latest] = this.#since(latest, RECENT_MS);
    return {
      recent: between(from, latest),
      steps: earlier.map((reading, index) => {
        const later = earlier[index + 1] ?? latest;
        return { ...between(reading, later), endedAgoSeconds: (latest.at - later.at) / 1000 };
      }),
    };
  }

  /** The readings from the latest on that is so old; all in a younger process. What a host slept through is in one step. */
  #since({ at: now }: Reading, ms: number): readonly Reading[] {
    const from = this.#readings.findLastIndex(({ at }) => now - at >= ms);
    return this.#readings.slice(Math.max(0, from));
  }

  async #read(): Promise<Reading> {
    const counts = await this.#options.read();
    return { at: this.#options.now(), totals: compact(counts) };
  }

  async #sampleOrTell(): Promise<void> {
    try {
      await this.sample();
    } catch (cause) {
      this.#options.failed(cause);
    }
  }
}

const between = (earlier: Reading, later: Reading): Required<Activity> => ({
  seconds: (later.at - earlier.at) / 1000,
  ...grownSince(earlier.totals, later.totals),
});
