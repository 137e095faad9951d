import { createHash } from 'node:crypto';
import { type Failure, MAX_FAILURES } from '../part.js';

/** What became of everything that was sent. */
export class Tally {
  cases = 0;
  allowed = 0;
  wrongAllows = 0;
  readonly failures: Failure[] = [];
  readonly #sent = createHash('sha256');

  /** What is about to be sent, in an order that does not depend on time. */
  plans(text: string): void {
    this.#sent.update(text, 'latin1').update('\n');
  }

  /** A request was answered; `truth` says whether it may have been allowed. */
  verdict(what: string, allowed: boolean, truth: boolean): void {
    this.cases += 1;
    if (!allowed) return;
    this.allowed += 1;
    if (truth) return;
    this.wrongAllows += 1;
    this.fails(`${what}: allowed, and should not have been`);
  }

  fails(what: string): void {
    if (this.failures.length < MAX_FAILURES) this.failures.push({ what });
  }

  expect(holds: boolean, what: string): void {
    if (!holds) this.fails(what);
  }

  digest(): string {
    return this.#sent.digest('hex');
  }
}
