import { createHash } from 'node:crypto';
import { type Failure, MAX_FAILURES, type Outcome } from '../part.js';

/** Counts what a part did and saw. */
export class Tally {
  cases = 0;
  allowed = 0;
  readonly #hash = createHash('sha256');
  readonly #failures: Failure[] = [];
  readonly #kinds = new Map<string, number>();
  #wrongAllows = 0;

  /** Something that is sent, for the digest. */
  sends(...parts: readonly (string | number | Uint8Array)[]): void {
    for (const part of parts) this.#hash.update(typeof part === 'number' ? `${part};` : part);
  }

  /** A kind of case that came up, for the shares in the report. */
  saw(kind: string): void {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  /** Takes over what another one counted; each of them in a fixed order gives the same digest. */
  add(other: Tally): void {
    this.cases += other.cases;
    this.allowed += other.allowed;
    this.#wrongAllows += other.#wrongAllows;
    this.#hash.update(other.#hash.copy().digest());
    this.#failures.push(...other.#failures.slice(0, MAX_FAILURES - this.#failures.length));
    for (const [kind, count] of other.#kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + count);
  }

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  fails(what: string, repeat: string): void {
    if (this.#failures.length < MAX_FAILURES) this.#failures.push({ what, repeat });
  }

  /** An allow that nothing justifies. */
  allowsWrongly(what: string, repeat: string): void {
    this.#wrongAllows += 1;
    this.fails(`wrongly allowed: ${what}`, repeat);
  }

  /** How often each kind that begins so came up, the most frequent first: `hit 61 %, miss 39 %`. */
  shares(prefix: string): string {
    const found = [...this.#kinds].filter(([kind]) => kind.startsWith(prefix));
    const total = found.reduce((sum, [, count]) => sum + count, 0);
    return found
      .sort(([, one], [, other]) => other - one)
      .map(([kind, count]) => `${kind.slice(prefix.length)} ${percent(count, total)}`)
      .join(', ');
  }

  count(kind: string): number {
    return this.#kinds.get(kind) ?? 0;
  }

  /** @param timed whether time decided what was sent */
  outcome(figures: Outcome['figures'], timed = false): Outcome {
    return {
      cases: this.cases,
      allowed: this.allowed,
      wrongAllows: this.#wrongAllows,
      failures: this.#failures,
      figures,
      digest: timed ? null : this.#hash.digest('hex').slice(0, 16),
    };
  }
}

const percent = (count: number, total: number): string => {
  const share = (100 * count) / Math.max(1, total);
  return `${share < 10 ? share.toFixed(1) : share.toFixed(0)} %`;
};

/** Text of a failure message: on one line and of bounded length. */
export function shown(value: unknown): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text);
}
