/** A decision may not keep the process busy for longer, in milliseconds. */
const TOO_LONG_MS = 250;
const REPEATS = 3;

/**
 * Remembers the longest decision. One that takes too long is tried again, and then counted by the time that this process was
 * given: a machine may be busy with others at any time.
 */
export class Slowest {
  #longestMs = 0;

  /** Milliseconds. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Times a decision. The second member is what the quickest of several tries took when all were too long, else null. */
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
      const before = process.cpuUsage();
      await decide();
      const { user, system } = process.cpuUsage(before);
      quickest = Math.min(quickest, (user + system) / 1000);
    }
    return quickest > TOO_LONG_MS ? quickest : null;
  }
}
