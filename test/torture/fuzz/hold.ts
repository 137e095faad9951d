import { createHash, type Hash } from 'node:crypto';
import fc from 'fast-check';
import { type Failure, MAX_FAILURES } from '../part.js';

/** What is wrong with one case, for people: what was sent, what came, what should have come. */
export interface Flaw {
  readonly what: string;
  /** Something was let through that must not be. */
  readonly isWrongAllow: boolean;
}

/** What a case came to. */
export interface Judged {
  readonly flaw: Flaw | null;
  readonly allowed: boolean;
  /** What the shares in the report are counted by, such as `403 MatchKeyMissing`. */
  readonly label: string;
}

export interface HoldOptions<Case> {
  readonly cases: fc.Arbitrary<Case>;
  readonly count: number;
  readonly seed: number;
  /** Tries one case. */
  readonly judge: (one: Case) => Promise<Judged>;
  /** What was sent, for the digest. */
  readonly digestOf: (one: Case) => string | Uint8Array;
  /** Told now and then how many were tried. */
  readonly progress: (done: number) => void;
}

export interface Held {
  readonly cases: number;
  readonly allowed: number;
  readonly wrongAllows: number;
  readonly failures: readonly Failure[];
  /** How often each label came. */
  readonly labels: ReadonlyMap<string, number>;
  readonly digest: string;
}

/** A failure stops its chunk only, so that another kind of failure is found as well. */
const CHUNK = 10_000;
/** So long a failing case is made smaller, in milliseconds. */
const SHRINKING_MS = 3_000;
const SEED_STEP = 7_919;

/** Tries as many cases as wanted, in chunks of one seed each; a case that fails is shrunk, and told with what repeats it. */
export async function hold<Case>(options: HoldOptions<Case>): Promise<Held> {
  const run = new Run(options);
  for (let chunk = 0; chunk * CHUNK < options.count && run.failures.length < MAX_FAILURES; chunk += 1) {
    await run.chunk(options.seed + chunk * SEED_STEP, Math.min(CHUNK, options.count - chunk * CHUNK));
    options.progress(run.cases);
  }
  return run.held();
}

/** Whatever is thrown is a flaw: nothing that comes from outside may make anything throw. */
const broken = (cause: unknown): Judged => ({
  flaw: { what: `it threw ${cause instanceof Error ? cause.stack : String(cause)}`, isWrongAllow: false },
  allowed: false,
  label: 'threw',
});

/** Nothing may hang: no case takes longer, in milliseconds. */
const PATIENCE_MS = 30_000;

function inTime(judged: Promise<Judged>): Promise<Judged> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`it hung for ${PATIENCE_MS} ms`)), PATIENCE_MS);
    judged.then(resolve, reject).finally(() => clearTimeout(patience));
  });
}

class Run<Case> {
  readonly failures: Failure[] = [];
  cases = 0;
  private allowed = 0;
  private wrongAllows = 0;
  private readonly labels = new Map<string, number>();
  private readonly hash: Hash = createHash('sha256');

  constructor(private readonly options: HoldOptions<Case>) {}

  async chunk(seed: number, numRuns: number): Promise<void> {
    let firstFlaw: Flaw | null = null;
    let smallest: Flaw | null = null;
    let shrinkUntil = Number.POSITIVE_INFINITY;
    const property = fc.asyncProperty(this.options.cases, async (one) => {
      if (performance.now() > shrinkUntil) return true;
      const { flaw, ...judged } = await inTime(this.options.judge(one)).catch(broken);
      if (firstFlaw === null) this.count(one, judged);
      if (flaw === null) return true;
      firstFlaw ??= flaw;
      smallest = flaw;
      shrinkUntil = Math.min(shrinkUntil, performance.now() + SHRINKING_MS);
      return false;
    });
    const { failed, counterexamplePath } = await fc.check(property, { seed, numRuns });
    if (failed) this.failed(firstFlaw, smallest, `fast-check seed ${seed}, path ${counterexamplePath}`);
  }

  private count(one: Case, { allowed, label }: Omit<Judged, 'flaw'>): void {
    this.cases += 1;
    this.allowed += allowed ? 1 : 0;
    this.labels.set(label, (this.labels.get(label) ?? 0) + 1);
    this.hash.update(this.options.digestOf(one));
  }

  private failed(first: Flaw | null, smallest: Flaw | null, repeat: string): void {
    if (first?.isWrongAllow === true || smallest?.isWrongAllow === true) this.wrongAllows += 1;
    this.failures.push({ what: smallest?.what ?? 'the case itself could not be made', repeat });
  }

  held(): Held {
    const { cases, allowed, wrongAllows, failures, labels } = this;
    return { cases, allowed, wrongAllows, failures, labels, digest: this.hash.digest('hex') };
  }
}

/** The shares of the labels that came most, as `403 by role 12.3 %`. */
export function shares(labels: ReadonlyMap<string, number>): string {
  const total = [...labels.values()].reduce((sum, count) => sum + count, 0);
  return [...labels]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => `${label} ${((100 * count) / total).toFixed(1)} %`)
    .join(', ');
}
