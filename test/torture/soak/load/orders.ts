import type { Driven, Ports } from './driver.js';

/** What the load's process is told at its start. */
export interface LoadSetup {
  readonly seed: number;
  readonly ports: Ports;
  /** The start of the world, in milliseconds of the host's monotonic clock. */
  readonly worldStartMs: number;
  /** When tokens were made, in seconds since the epoch. */
  readonly tokensMadeAt: number;
  readonly longestHoldMs: number;
  /** How long a fetch may last for a user for whom a server hangs, in milliseconds. */
  readonly hangMs: number;
}

/** What it is then asked for: each user once, a closed loop, or an open one with so many requests a second. */
export type LoadOrder =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'closed_loop'; readonly seconds: number }
  | { readonly kind: 'open_loop'; readonly seconds: number; readonly requestsPerSecond: number };

/** What it answers. */
export type LoadReport = Driven;
