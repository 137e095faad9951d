/** A decision may not keep the process busy for longer, in milliseconds. */
const TOO_LONG_MS = 250;
const REPEATS = 3;

/** Remembers the longest decision; one that takes too long is tried again, because a machine may stall at any time. */
export class Slowest {
  #longestMs = 0;

  /** Milliseconds. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Times a decision. The second member is how long the quickest of several tries took when all were too long, else null. */
  async time<T>(decide: () => Promise<T>): Promise<readonly [T, tooLongMs: number | null]> {
    const startedAt = performance.now();
    const result = await decide();
    const took = performance.now() - startedAt;
    if (took > this.#longestMs) this.#longestMs = took;
    return [result, took > TOO_LONG_MS ? await this.#again(decide) : null];
  }

  async #again<T>(decide: () => Promise<T>): Promise<number | null> {
    let quickest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < REPEATS; i += 1) {
      const startedAt = performance.now();
      await decide();
      quickest = Math.min(quickest, performance.now() - startedAt);
    }
    return quickest > TOO_LONG_MS ? quickest : null;
  }
}
