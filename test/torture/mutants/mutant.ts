/** A program that is broken on purpose, and the part of the suite that has to notice. */
export interface Mutant {
  /** What is broken, in a few words: `a deadline that passed is ignored`. */
  readonly name: string;
  /** The compiled file, relative to `dist/`: `src/authorize.js`. */
  readonly file: string;
  /** What stands there exactly once, and what takes its place. */
  readonly find: string;
  readonly replace: string;
  /** The name of the part that catches it in its short form. */
  readonly caughtBy: string;
}

/** What became of a mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  /** The first failure that the part reported, or null when it noticed nothing. */
  readonly caught: string | null;
}
