import { SECRETS_MUTANTS } from '../secrets/mutants.js';
import type { Mutant } from './mutant.js';

/** Every broken program that the suite is shown. */
export const MUTANTS: readonly Mutant[] = [...SECRETS_MUTANTS];
