import { RELOADS_MUTANTS } from '../reloads/mutants.js';
import { RESTARTS_MUTANTS } from '../restarts/mutants.js';
import type { Mutant } from './mutant.js';

/** Every broken program that the suite is shown. */
export const MUTANTS: readonly Mutant[] = [...RESTARTS_MUTANTS, ...RELOADS_MUTANTS];
