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

/** What one run of broken programs found: `test/torture/mutants/results.json`, when it was accepted. */
export interface MutantsResults {
  /** How to repeat it. */
  readonly command: string;
  /** The day, as in 2026-11-24. */
  readonly date: string;
  readonly mutants: readonly MutantResult[];
}

/** Whether every broken program was caught. */
export const areCaught = ({ mutants }: MutantsResults): boolean =>
  mutants.every(({ caught }) => caught !== null);
