import { INVALID_ALERTS, UNAUTHORIZED_ALERTS, UNUSUAL_ALERTS } from './alerts/baseline.js';
import { SLOW_ALERTS } from './alerts/cache.js';
import { QUIET_ALERTS, UNCHECKED_READS_ALERTS } from './alerts/gate.js';
import { KEY_ALERTS } from './alerts/keys.js';
import { AUTH_O_TRON_ALERTS, NO_ANSWER_ALERTS } from './alerts/no-answer.js';
import { NO_VERDICT_ALERTS } from './alerts/no-verdict.js';
import { LOST_LOG_LINES_ALERTS, STALE_CONFIGURATION_ALERTS } from './alerts/process.js';
import {
  INTERNAL_ERROR_ALERTS,
  MATCH_KEY_MISSING_ALERTS,
  NOT_ON_THE_LIST_ALERTS,
} from './alerts/refusals.js';
import { CHECK, FETCH_CAUSES, VALIDATE } from './fetch-causes.js';
import type { Alert, Section, Symptom } from './symptom.js';

const runbook = (title: string): Section => ({ page: 'docs/runbook.md', title });
const REQUEST_DENIED = 'auth.middleware.request.denied';
const READY = 'curl -i 127.0.0.1:9464/readyz';

/** Every symptom of the runbook, in its order: what alerts, pages and commands say about it comes from here. */
export const SYMPTOMS: readonly Symptom[] = [
  {
    id: 'no_verdict',
    section: runbook('503: ECPDS gives no verdict'),
    cause: 'upstream',
    wrong: 'a list had to be fetched, and what came back was not enough for a verdict',
    next: CHECK,
    firstMetric: 'aviso_ecpds_fetch_total',
    firstEvent: 'auth.ecpds.fetch.failed',
    byOutcome: FETCH_CAUSES,
    alerts: NO_VERDICT_ALERTS,
  },
  {
    id: 'auth_o_tron',
    section: runbook('503: auth-o-tron gives no answer'),
    cause: 'upstream',
    wrong: 'auth-o-tron does not answer, is too slow, or answers something else',
    next: "curl -i -H 'Authorization: Bearer TOKEN' AUTH_O_TRON_URL/authenticate",
    firstMetric: 'aviso_auth_requests_total{mode="direct",outcome="service_unavailable"}',
    firstEvent: REQUEST_DENIED,
    alerts: AUTH_O_TRON_ALERTS,
  },
  {
    id: 'no_answer',
    section: runbook('503 and nothing moves here'),
    cause: 'sidecar',
    wrong: 'the authorizer does not answer the proxy, or Aviso does not',
    next: READY,
    firstMetric: null,
    firstEvent: null,
    alerts: NO_ANSWER_ALERTS,
  },
  {
    id: 'not_on_the_list',
    section: runbook('403: the destination is not on the list'),
    cause: 'upstream',
    wrong: 'ECPDS answered, and no list has the destination',
    next: CHECK,
    firstMetric: 'aviso_ecpds_access_decisions_total{outcome="deny_destination"}',
    firstEvent: 'auth.ecpds.check.denied',
    alerts: NOT_ON_THE_LIST_ALERTS,
  },
  {
    id: 'match_key_missing',
    section: runbook('403 with reason=MatchKeyMissing'),
    cause: 'configuration',
    wrong: 'requests lack the field that names the destination',
    next: VALIDATE,
    firstMetric: 'aviso_ecpds_access_decisions_total{outcome="deny_match_key_missing"}',
    firstEvent: 'auth.ecpds.check.denied',
    alerts: MATCH_KEY_MISSING_ALERTS,
  },
  {
    id: 'forbidden_by_role',
    section: runbook('403 by role'),
    cause: 'client',
    wrong: 'realm and roles of the user do not match read_roles, or auth-o-tron said 403',
    next: VALIDATE,
    firstMetric: 'aviso_authz_requests_total{status="403"}',
    firstEvent: REQUEST_DENIED,
    alerts: [],
  },
  {
    id: 'unauthorized',
    section: runbook('401 for many users'),
    cause: 'credentials',
    wrong: 'tokens are refused: the secret, the clock, or the tokens themselves',
    next: 'date -u',
    firstMetric: 'aviso_auth_requests_total{outcome="unauthorized"}',
    firstEvent: REQUEST_DENIED,
    alerts: UNAUTHORIZED_ALERTS,
  },
  {
    id: 'invalid_requests',
    section: runbook('400, 404, 413, 415, 431'),
    cause: 'client',
    wrong: 'requests are not what Aviso takes',
    next: VALIDATE,
    firstMetric: null,
    firstEvent: null,
    alerts: INVALID_ALERTS,
  },
  {
    id: 'internal_error',
    section: runbook('500'),
    cause: 'sidecar',
    wrong: 'a bug, or a state that start-up should have refused',
    next: 'grep \'"event_name":"auth.ecpds.check.error"\' authz.log',
    firstMetric: 'aviso_ecpds_access_decisions_total{outcome="error"}',
    firstEvent: 'auth.ecpds.check.error',
    alerts: INTERNAL_ERROR_ALERTS,
  },
  {
    id: 'quiet',
    section: runbook('Quiet, no allows'),
    cause: 'configuration',
    wrong: 'nothing is checked for the reads that pass',
    next: VALIDATE,
    firstMetric: 'aviso_ecpds_gated_event_types',
    firstEvent: 'startup.listening',
    alerts: QUIET_ALERTS,
  },
  {
    id: 'unchecked_reads',
    section: runbook('Reads that nobody checked'),
    cause: 'configuration',
    wrong: 'reads reach Aviso without an allow from here',
    next: 'curl -s 127.0.0.1:9901/stats/prometheus | grep ext_authz',
    firstMetric: null,
    firstEvent: null,
    alerts: UNCHECKED_READS_ALERTS,
  },
  {
    id: 'slow',
    section: runbook('Slow, or the cache does not help'),
    cause: 'configuration',
    wrong: 'nearly every check has to ask ECPDS, or ECPDS is slow',
    next: CHECK,
    firstMetric: 'aviso_ecpds_cache_misses_total',
    firstEvent: 'auth.ecpds.cache.miss',
    alerts: SLOW_ALERTS,
  },
  {
    id: 'unusual',
    section: runbook('Far from what is usual'),
    cause: 'client',
    wrong: 'requests or refusals are far from the same hour of other days',
    next: 'curl -s 127.0.0.1:9464/metrics | grep ^aviso_authz_requests_total',
    firstMetric: 'aviso_authz_requests_total',
    firstEvent: REQUEST_DENIED,
    alerts: UNUSUAL_ALERTS,
  },
  {
    id: 'stale_configuration',
    section: runbook('It does not start, or a change has no effect'),
    cause: 'configuration',
    wrong: 'the configuration that was meant is not the one that runs',
    next: VALIDATE,
    firstMetric: null,
    firstEvent: 'configuration.reload.failed',
    alerts: STALE_CONFIGURATION_ALERTS,
  },
  {
    id: 'lost_log_lines',
    section: runbook('Log lines are missing'),
    cause: 'configuration',
    wrong: 'nobody reads the log as fast as it is written',
    next: 'curl -s 127.0.0.1:9464/metrics | grep ^aviso_authz_log_lines_dropped_total',
    firstMetric: null,
    firstEvent: null,
    alerts: LOST_LOG_LINES_ALERTS,
  },
  {
    id: 'keys',
    section: { page: 'docs/key-outages.md', title: 'When signing keys cannot be fetched' },
    cause: 'upstream',
    wrong: 'the signing keys of an identity provider cannot be had',
    next: 'aviso-ecpds-authz keys --config CONFIG',
    firstMetric: 'aviso_jwks_stale',
    firstEvent: 'auth.jwks.refresh.old_kept',
    alerts: KEY_ALERTS,
  },
];

/** Every alert with its symptom and the section of the runbook that it links to, in the order of the runbook. */
export const ALERTS: readonly (Alert & { readonly symptom: Symptom; readonly section: Section })[] =
  SYMPTOMS.flatMap((symptom) =>
    symptom.alerts.map((alert) => ({ ...alert, symptom, section: alert.section ?? symptom.section })),
  );
