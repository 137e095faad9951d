import { all, grew, unless } from '../promql.js';
import type { Alert } from '../symptom.js';
import { FEW_USERS, STORM_SECONDS, STORMS } from '../thresholds.js';

const { window, atLeast, share } = STORMS.deny_destination;
const DENIED = grew('aviso_ecpds_access_decisions_total{outcome="deny_destination"}', window);
const STORM = all(
  `${DENIED} >= ${atLeast}`,
  `${DENIED} > ${share} * ${grew('aviso_ecpds_access_decisions_total', window)}`,
);
const FEW = `max by (job) (aviso_ecpds_distinct_users{outcome="deny_destination"}) <= ${FEW_USERS}`;
const WHY_STORM = `${atLeast} in five minutes and a quarter of all checks: some "no" is everyday.`;

export const NOT_ON_THE_LIST_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoDeniedManyUsers',
    expr: unless(STORM, FEW),
    forSeconds: STORM_SECONDS,
    severity: 'incident',
    summary: 'Some {{ $value | printf "%.0f" }} requests of many users got 403 in five minutes',
    description:
      'ECPDS no longer lists destinations that several users read, or a batch of clients asks for a wrong one.',
    why: `${WHY_STORM} More than ${FEW_USERS} users; without that series they count as many.`,
  },
  {
    name: 'AvisoDeniedFewUsers',
    expr: all(STORM, FEW),
    forSeconds: STORM_SECONDS,
    severity: 'ticket',
    summary: 'Some {{ $value | printf "%.0f" }} requests of one or two users got 403 in five minutes',
    description:
      'One or two clients ask again and again for what they may not have. Look at them, not at ECPDS.',
    why: `${WHY_STORM} The greatest figure of all processes, not their sum, which counts a user once for each process.`,
  },
  {
    name: 'AvisoEcpdsSkippedRecords',
    expr: `${grew('aviso_ecpds_skipped_records_total', '1h', 'job, server_index')} > 0`,
    forSeconds: 0,
    severity: 'ticket',
    summary: 'ECPDS server {{ $labels.server_index }} lists active records without the target field',
    description:
      'Active records without the target field do not count, so users may get 403 for what they are meant to read. The target field is wrong, or the records are.',
    why: 'Any: each is a destination that nobody can be allowed.',
  },
  {
    name: 'AvisoGrantsRevoked',
    expr: `${grew('aviso_ecpds_revoked_grants_total', '15m')} > 0`,
    forSeconds: 0,
    severity: 'info',
    summary: 'Rights that were gone when their lists were fetched again: about {{ $value | printf "%.0f" }}',
    description: 'Those users can open no new stream. One that is open goes on until it ends, or is ended.',
    why: 'Any: to be known, not to be mended.',
    section: { page: 'docs/revocation.md', title: 'Now' },
  },
];

export const MATCH_KEY_MISSING_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoMatchKeyMissing',
    expr: `${grew('aviso_ecpds_access_decisions_total{outcome="deny_match_key_missing"}', '15m')} > 0`,
    forSeconds: 0,
    severity: 'ticket',
    summary: 'Requests without the match key in 15 minutes: about {{ $value | printf "%.0f" }}',
    description:
      'A client that was never tested, or a match key or schema that differs from what clients and Aviso know.',
    why: 'Any: start-up insists that the field is required, so even one is suspicious.',
  },
];

export const INTERNAL_ERROR_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoInternalError',
    expr: [
      `${grew('aviso_authz_requests_total{status="500"}', '15m')} > 0`,
      `${grew('aviso_ecpds_access_decisions_total{outcome="error"}', '15m')} > 0`,
    ].join('\nor\n'),
    forSeconds: 0,
    severity: 'incident',
    summary: 'Requests that got 500 in 15 minutes: about {{ $value | printf "%.0f" }}',
    description: 'A fault of the authorizer. Nothing that ECPDS or a client does causes it.',
    why: 'Any: there is no 500 that is all right.',
  },
];
