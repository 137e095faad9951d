/** A monotonic clock, in milliseconds. */
export interface Clock {
  now(): number;
}
