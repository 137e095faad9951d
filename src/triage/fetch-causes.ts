import type { FetchFailure } from '../domain/fetch-outcome.js';
import { withCode } from './prose.js';
import type { Cause } from './symptom.js';

/** Asks every configured ECPDS server once, as the running process would. */
export const CHECK =
  'aviso-ecpds-authz check --config CONFIG --user USER --event-type EVENT_TYPE --destination DESTINATION';
export const VALIDATE = 'aviso-ecpds-authz validate --config CONFIG';

/** What is wrong when an outcome dominates `aviso_ecpds_fetch_total`, in the runbook's words. */
export const FETCH_CAUSES: Readonly<Record<FetchFailure, Cause>> = {
  Unauthorized: {
    cause: 'credentials',
    wrong: 'service account: password rotated or mistyped, account revoked',
    next: CHECK,
  },
  Forbidden: {
    cause: 'credentials',
    wrong: 'service account: not permitted to list destinations',
    next: CHECK,
  },
  ClientError: {
    cause: 'configuration',
    wrong: 'a base URL that is not ECPDS (404, 302), or rate limiting (429)',
    next: CHECK,
  },
  InvalidResponse: {
    cause: 'upstream',
    wrong: 'the answer of ECPDS has changed, or a login page answers in its place',
    next: CHECK,
  },
  ServerError: { cause: 'upstream', wrong: 'ECPDS itself', next: CHECK },
  Unreachable: {
    cause: 'network',
    wrong: withCode('server down, network, certificate, or a wrong host in `servers`'),
    next: CHECK,
  },
};
