import type { LogOutput } from '../../../src/observe/logger.js';
import type { SecretWatch } from '../secrets/watch.js';

/** So many characters are shown at once. */
const BATCH = 262_144;

/** Collects what a sidecar lets out, and shows it to the watch for secrets in large pieces. */
export class WatchedOutput implements LogOutput {
  #waiting: string[] = [];
  #size = 0;

  /** @param where what is collected, such as `log of a fuzzed sidecar` */
  constructor(
    private readonly secrets: SecretWatch,
    private readonly where: string,
  ) {}

  write(line: string): void {
    this.#waiting.push(line);
    this.#size += line.length;
    if (this.#size > BATCH) this.show();
  }

  /** Shows what waits. */
  show(): void {
    if (this.#size > 0) this.secrets.saw(this.where, this.#waiting.join('\n'));
    this.#waiting = [];
    this.#size = 0;
  }
}
