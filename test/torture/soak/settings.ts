import type { Size } from '../part.js';

/** How long a soak is, and how it is looked at. */
export interface SoakSettings {
  /** Closed-loop load before the measurement: it finds the capacity, and warms up both sides. */
  readonly warmupSeconds: number;
  readonly loadSeconds: number;
  /** A machine too slow for so many requests in that time takes longer, up to so long. */
  readonly atLeast: { readonly requests: number; readonly withinSeconds: number };
  /** Between two looks at the process, in milliseconds. */
  readonly sampleMs: number;
  /** The longest that a half-open connection is held before its peer lets go, in milliseconds. */
  readonly longestHoldMs: number;
  /** After how long a server that hangs breaks the connection, in milliseconds; null: the sidecar has to give up. */
  readonly hangsForMs: number | null;
  /** Whether the figures over the run must be flat. A short run has too few of them to say. */
  readonly judgesFlatness: boolean;
}

export const SETTINGS: Readonly<Record<Size, SoakSettings>> = {
  short: {
    warmupSeconds: 2,
    loadSeconds: 5,
    atLeast: { requests: 1_000, withinSeconds: 20 },
    sampleMs: 500,
    longestHoldMs: 2_000,
    hangsForMs: 2_000,
    judgesFlatness: false,
  },
  long: {
    warmupSeconds: 10,
    loadSeconds: 120,
    atLeast: { requests: 20_000, withinSeconds: 240 },
    sampleMs: 1_000,
    longestHoldMs: 45_000,
    hangsForMs: null,
    judgesFlatness: true,
  },
};

/** The share of the capacity that the load is. */
export const LOAD_SHARE = 0.5;
/** `cache_ttl_seconds`, in milliseconds: short, so that lists expire all the time. */
export const TTL_MS = 1_000;
/** `request_timeout_seconds`, in milliseconds: more than a machine that does other things as well needs for an answer. */
export const FETCH_TIMEOUT_MS = 10_000;
/** How long a fetch for a user for whom a server hangs may last, in milliseconds. */
export const hangMs = ({ hangsForMs }: SoakSettings): number => hangsForMs ?? FETCH_TIMEOUT_MS;
/** So often the lists of some users change, in milliseconds. */
export const CHANGE_MS = 3_000;
/**
 * What a sidecar gives a peer to send its request, in milliseconds, and when it must have ended it: it looks every two
 * seconds, and on a busy machine later than that.
 */
export const RECEIVE_MS = { patience: 15_000, latest: 40_000 };
