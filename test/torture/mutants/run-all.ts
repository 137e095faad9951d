import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { MUTANTS } from './list.js';
import type { MutantResult } from './mutant.js';
import { runMutant, runUnbroken } from './run.js';

/** Most parts wait for most of their time. That this many do not disturb each other is what the unbroken ones are run for. */
const AT_ONCE = 2 * availableParallelism();

export interface RunAllOptions {
  /** The names of the parts whose mutants to run; all unless given. */
  readonly only: readonly string[];
  readonly seed: number;
  readonly say: (line: string) => void;
}

/**
 * Runs every mutant, and before those of a part the part on a program that is not broken.
 * @throws when a part fails without being broken, or a mutant cannot be made
 */
export async function runMutants({ only, seed, say }: RunAllOptions): Promise<readonly MutantResult[]> {
  const limit = pLimit(AT_ONCE);
  const mutants = MUTANTS.filter(({ caughtBy }) => only.length === 0 || only.includes(caughtBy));
  const parts = [...new Set(mutants.map(({ caughtBy }) => caughtBy))];
  const controls = parts.map((part) => limit(() => runUnbroken(part, seed)));
  const results = mutants.map((mutant) =>
    limit(async () => {
      say(`${mutant.caughtBy}: ${mutant.name}`);
      const result = await runMutant(mutant, seed);
      if (result.caught === null) say(`MISSED ${mutant.caughtBy}: ${mutant.name}\n`);
      return result;
    }),
  );
  await Promise.all(controls);
  return Promise.all(results);
}
