import type { SecretWatch } from './secrets/watch.js';

/** How much of a part is run: `short` in CI, `long` by `npm run torture`. */
export type Size = 'short' | 'long';

/** What a part is given. */
export interface Context {
  /** Everything that chance decides in a part follows from it. */
  readonly seed: number;
  readonly size: Size;
  /** Is told every secret that the part makes, and shown everything that the sidecar lets out. */
  readonly secrets: SecretWatch;
  /** Says what is going on, a line each. */
  readonly say: (line: string) => void;
}

/** One thing that should not have happened. */
export interface Failure {
  /** A sentence: what was sent, what came, what should have come. */
  readonly what: string;
  /** What repeats it, such as `seed 7, path 12:0:3`; left out where the seed of the run is enough. */
  readonly repeat?: string;
}

/** What one part found. */
export interface Outcome {
  /** How many requests, messages, answers or files were tried. */
  readonly cases: number;
  /** How many of them were allowed, each of which the part knows to be right unless it is a wrong one. */
  readonly allowed: number;
  /** How many were allowed without a listed destination or an admin. */
  readonly wrongAllows: number;
  /** Anything else that broke a promise, and the wrong allows with what repeats them. At most `MAX_FAILURES`. */
  readonly failures: readonly Failure[];
  /** What was measured beside that, as name and value with its unit, for the report. */
  readonly figures: Readonly<Record<string, string>>;
  /**
   * A digest (hexadecimal) of what was sent: the same for the same seed and size. Null when that depends on time, as the
   * number of requests under load does.
   */
  readonly digest: string | null;
  /** A picture of the run, which `--accept` writes into `docs/`. */
  readonly picture?: { readonly file: string; readonly svg: string };
}

/** So many failures are kept of a part; one cause makes thousands. */
export const MAX_FAILURES = 20;

/** One part of the suite. */
export interface Part {
  readonly name: string;
  /** What it throws at the sidecar, and what must hold: one sentence for the report. */
  readonly promise: string;
  /** It uses a processor and nothing else: others may run beside it. */
  readonly isPure?: true;
  run(context: Context): Promise<Outcome>;
}

export const isGood = ({ wrongAllows, failures }: Outcome): boolean =>
  wrongAllows === 0 && failures.length === 0;
