import pLimit from 'p-limit';

export interface Limits {
  /** `protections.max_concurrent_fetches`: how many calls run at once. */
  readonly maxConcurrent: number;
  /** `protections.max_queued_fetches`: how many calls wait for one of these to end. */
  readonly maxQueued: number;
}

/** Runs so many calls at once and lets so many wait, first come, first served. */
export class Limiter {
  readonly #limits: Limits;
  readonly #limit: ReturnType<typeof pLimit>;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#limit = pLimit(limits.maxConcurrent);
  }

  /** Whether one more call would run at once or find a place to wait. */
  get hasRoom(): boolean {
    const { maxConcurrent, maxQueued } = this.#limits;
    return this.inFlight + this.queued < maxConcurrent + maxQueued;
  }

  get inFlight(): number {
    return this.#limit.activeCount;
  }

  get queued(): number {
    return this.#limit.pendingCount;
  }

  /** Runs `call` when its turn comes. Whoever asks looks at `hasRoom` first. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#limit(call);
  }
}
