import { FAULT_MUTANTS } from '../faults/mutants.js';
import { PEERS_MUTANTS } from '../peers/mutants.js';
import { SECRETS_MUTANTS } from '../secrets/mutants.js';
import type { Mutant } from './mutant.js';

/** Every broken program that the suite is shown. */
export const MUTANTS: readonly Mutant[] = [...FAULT_MUTANTS, ...PEERS_MUTANTS, ...SECRETS_MUTANTS];
