import { MUTANTS as SOAK } from '../soak/mutants.js';
import type { Mutant } from './mutant.js';

/** Every broken program that the suite is shown. */
export const MUTANTS: readonly Mutant[] = [...SOAK];
