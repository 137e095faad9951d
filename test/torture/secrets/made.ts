import type { Random } from '../../../tools/drill/random.js';
import type { SecretWatch } from './watch.js';

/** The secrets of one run. */
export interface Made {
  readonly password: string;
  /** What `ecpds.password` is changed to, and what ECPDS does not know. */
  readonly wrongPassword: string;
  readonly jwtSecret: string;
  readonly recheckToken: string;
  /** Of users, at auth-o-tron. */
  readonly clientPassword: string;
  /** A claim of every token that no decision needs. */
  readonly claim: string;
  /** A destination on a user's list that nobody asks for. */
  readonly unasked: string;
  /** What other servers say in their answers. */
  readonly said: string;
  /** Shown to the trace collector in a header. */
  readonly collectorKey: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What programs write down in some other way. */
const AWKWARD = '"\\ü&<%/+\'=';

/** Makes secrets by chance, and has them looked for. */
export function makeSecrets(random: Random, watch: SecretWatch): Made {
  const letters = (length: number): string =>
    Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
  const made: Made = {
    password: `${letters(6)}${AWKWARD}${letters(12)}`,
    wrongPassword: `${letters(12)} ${AWKWARD}${letters(6)}`,
    jwtSecret: `${letters(20)}${AWKWARD}${letters(20)}`,
    recheckToken: letters(32),
    clientPassword: `${letters(10)}:${AWKWARD}${letters(6)}`,
    claim: `claim-${letters(16)}`,
    unasked: `UNASKED-${letters(12)}`,
    said: `said-${letters(16)}`,
    collectorKey: letters(24),
  };
  for (const [kind, value] of Object.entries(made)) watch.secret(kind, value);
  return made;
}
