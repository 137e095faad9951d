import { type Failure, MAX_FAILURES } from '../part.js';

/** Counts what was asked and answered, and keeps what should not have been. */
export class Tally {
  cases = 0;
  allowed = 0;
  wrongAllows = 0;
  /** Answers of 503 where one was right. */
  unavailable = 0;
  readonly failures: Failure[] = [];
  /** What is being done, for failures. */
  during = 'the start';

  fail(what: string): void {
    if (this.failures.length < MAX_FAILURES) this.failures.push({ what: `during ${this.during}: ${what}` });
  }

  /** A promise that holds or does not. */
  expect(holds: boolean, what: string): void {
    if (!holds) this.fail(what);
  }
}
