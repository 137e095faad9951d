import { CHECK_OUTCOME_LABELS, type CheckOutcome } from '../domain/check-outcome.js';
import { type Decision, INVALID_STATUS } from '../domain/decision.js';
import { unreachable } from '../domain/result.js';

/**
 * The one table of the runbook's words: for every decision of the check its status, its event with level and
 * message, and its value of `aviso_ecpds_access_decisions_total{outcome}` (contract section 4, "Outcomes").
 */
export const CHECK_OUTCOMES = {
  allow: { status: 200, event: 'auth.ecpds.check.allowed', level: 'info', message: 'ECPDS access allowed' },
  admin_bypass: {
    status: 200,
    event: 'auth.ecpds.admin.bypass',
    level: 'info',
    message: 'Admin user bypasses the ECPDS check',
  },
  deny_destination: {
    status: 403,
    event: 'auth.ecpds.check.denied',
    level: 'warn',
    message: 'ECPDS access denied',
  },
  deny_match_key_missing: {
    status: 403,
    event: 'auth.ecpds.check.denied',
    level: 'warn',
    message: 'ECPDS access denied',
  },
  unavailable: {
    status: 503,
    event: 'auth.ecpds.check.unavailable',
    level: 'warn',
    message: 'ECPDS check reached no verdict',
  },
  error: {
    status: 500,
    event: 'auth.ecpds.check.error',
    level: 'error',
    message: 'ECPDS check failed unexpectedly',
  },
} as const satisfies Record<CheckOutcome, object>;

export { CHECK_OUTCOME_LABELS, type CheckOutcome };

/** The events on the way to a decision. */
export const STEP_EVENTS = {
  started: { event: 'auth.ecpds.check.started', level: 'debug', message: 'ECPDS check started' },
  cacheHit: { event: 'auth.ecpds.cache.hit', level: 'debug', message: 'Destination list served from cache' },
  cacheMiss: { event: 'auth.ecpds.cache.miss', level: 'debug', message: 'Destination list not in cache' },
  fetchSucceeded: { event: 'auth.ecpds.fetch.succeeded', level: 'debug', message: 'ECPDS server answered' },
  fetchFailed: { event: 'auth.ecpds.fetch.failed', level: 'warn', message: 'ECPDS server fetch failed' },
  skippedInactive: {
    event: 'auth.ecpds.fetch.skipped_inactive',
    level: 'info',
    message: 'Inactive ECPDS records skipped',
  },
  skippedRecord: {
    event: 'auth.ecpds.fetch.skipped_record',
    level: 'info',
    message: 'ECPDS records without the target field skipped',
  },
} as const;

/** The events of the protections against outages of ECPDS (contract section 8), most of them about one server. */
export const PROTECTION_EVENTS = {
  grantRevoked: {
    event: 'auth.ecpds.recheck.revoked',
    level: 'warn',
    message: 'A destination granted from an older list is not listed any more',
  },
  recheckFinished: { event: 'auth.ecpds.recheck.finished', level: 'info', message: 'Batch rechecked' },
  explained: { event: 'auth.ecpds.explain.finished', level: 'info', message: 'Right explained' },
  circuitOpened: {
    event: 'auth.ecpds.circuit.opened',
    level: 'warn',
    message: 'ECPDS server is not called any more, only probed',
  },
  circuitClosed: {
    event: 'auth.ecpds.circuit.closed',
    level: 'info',
    message: 'ECPDS server is called again',
  },
  probeFailed: {
    event: 'auth.ecpds.circuit.probe_failed',
    level: 'warn',
    message: 'ECPDS server is still down',
  },
  fetchRejected: {
    event: 'auth.ecpds.fetch.rejected',
    level: 'warn',
    message: 'No list fetched: too many calls to an ECPDS server wait already',
  },
  backgroundError: {
    event: 'auth.ecpds.background.error',
    level: 'error',
    message: 'A background task failed unexpectedly',
  },
} as const;

/** The event of every refusal made outside the check. */
export const REQUEST_DENIED = {
  event: 'auth.middleware.request.denied',
  level: 'warn',
  message: 'Request denied before the ECPDS check',
} as const;

/** The outcome of the check a decision stands for, or null when it was made outside the check. */
export function checkOutcomeOf(decision: Decision): CheckOutcome | null {
  switch (decision.kind) {
    case 'allow':
      if (decision.reason === 'not_gated') return null;
      return decision.reason === 'admin_bypass' ? 'admin_bypass' : 'allow';
    case 'deny':
      return decision.reason === 'MatchKeyMissing' ? 'deny_match_key_missing' : 'deny_destination';
    case 'unavailable':
    case 'error':
      return decision.kind;
    case 'invalid':
    case 'unauthenticated':
    case 'forbidden':
    case 'identity_unavailable':
      return null;
    default:
      return unreachable(decision);
  }
}

/** The HTTP status a decision means, before any adapter dresses it for its proxy. */
export function statusOf(decision: Decision): number {
  const outcome = checkOutcomeOf(decision);
  if (outcome !== null) return CHECK_OUTCOMES[outcome].status;
  switch (decision.kind) {
    case 'invalid':
      return INVALID_STATUS[decision.code];
    case 'unauthenticated':
      return 401;
    case 'forbidden':
      return 403;
    case 'identity_unavailable':
      return 503;
    default:
      return 200;
  }
}

/** Every status a decision can mean: the values of `aviso_authz_requests_total{status}`. */
export const STATUSES = [200, 400, 401, 403, 404, 408, 413, 415, 431, 500, 503] as const;

/** The values of `aviso_auth_requests_total{outcome}`, as Aviso has them. */
export const AUTH_OUTCOMES = ['success', 'unauthorized', 'forbidden', 'service_unavailable'] as const;
export type AuthOutcome = (typeof AUTH_OUTCOMES)[number];
