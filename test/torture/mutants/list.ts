import { AUTH_O_TRON_MUTANTS } from '../auth-o-tron/mutants.js';
import { CHECK_MUTANTS } from '../checks/mutants.js';
import { CONFIGURATION_MUTANTS } from '../configuration/mutants.js';
import { ECPDS_MUTANTS } from '../ecpds/mutants.js';
import { FAULT_MUTANTS } from '../faults/mutants.js';
import { KEYS_MUTANTS } from '../keys/mutants.js';
import { PEERS_MUTANTS } from '../peers/mutants.js';
import { RELOADS_MUTANTS } from '../reloads/mutants.js';
import { REQUEST_MUTANTS } from '../requests/mutants.js';
import { RESTARTS_MUTANTS } from '../restarts/mutants.js';
import { SECRETS_MUTANTS } from '../secrets/mutants.js';
import { SOAK_MUTANTS } from '../soak/mutants.js';
import { TOKEN_MUTANTS } from '../tokens/mutants.js';
import type { Mutant } from './mutant.js';

/** Every broken program that the suite is shown. */
export const MUTANTS: readonly Mutant[] = [
  ...REQUEST_MUTANTS,
  ...TOKEN_MUTANTS,
  ...CHECK_MUTANTS,
  ...ECPDS_MUTANTS,
  ...AUTH_O_TRON_MUTANTS,
  ...KEYS_MUTANTS,
  ...CONFIGURATION_MUTANTS,
  ...FAULT_MUTANTS,
  ...SOAK_MUTANTS,
  ...RESTARTS_MUTANTS,
  ...RELOADS_MUTANTS,
  ...PEERS_MUTANTS,
  ...SECRETS_MUTANTS,
];
