import { CHECK_MUTANTS } from '../checks/mutants.js';
import { REQUEST_MUTANTS } from '../requests/mutants.js';
import { TOKEN_MUTANTS } from '../tokens/mutants.js';
import type { Mutant } from './mutant.js';

/** Every broken program that the suite is shown. */
export const MUTANTS: readonly Mutant[] = [...REQUEST_MUTANTS, ...TOKEN_MUTANTS, ...CHECK_MUTANTS];
