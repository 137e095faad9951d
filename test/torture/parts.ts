import { AUTH_O_TRON_PART } from './auth-o-tron/part.js';
import { CHECKS } from './checks/part.js';
import { CONFIGURATION_PART } from './configuration/part.js';
import { ECPDS_PART } from './ecpds/part.js';
import { faults } from './faults/part.js';
import { KEYS_PART } from './keys/part.js';
import type { Part } from './part.js';
import { peers } from './peers/part.js';
import { RELOADS } from './reloads/part.js';
import { REQUESTS } from './requests/part.js';
import { RESTARTS } from './restarts/part.js';
import { SECRETS } from './secrets/part.js';
import { SOAK } from './soak/part.js';
import { TOKENS } from './tokens/part.js';

/** The parts of the suite, in the order they run in. */
export const PARTS: readonly Part[] = [
  REQUESTS,
  TOKENS,
  CHECKS,
  ECPDS_PART,
  AUTH_O_TRON_PART,
  KEYS_PART,
  CONFIGURATION_PART,
  faults,
  SOAK,
  RESTARTS,
  RELOADS,
  peers,
  SECRETS,
];

/** The part of that name, or undefined. */
export const partOf = (name: string): Part | undefined => PARTS.find((part) => part.name === name);
