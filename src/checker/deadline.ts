/** One limit of time for several things that are waited for. */
export class Deadline {
  readonly #passed: Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  isPast = false;

  /** @param ms from now, in milliseconds */
  constructor(ms: number) {
    this.#passed = new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        this.isPast = true;
        resolve();
      }, ms);
    });
  }

  /** The value, or `late` when the time is over before. */
  orAt<T>(value: Promise<T>, late: T): Promise<T> {
    return Promise.race([value, this.#passed.then(() => late)]);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
