import type { SymptomId } from '../../../src/triage/symptom.js';
import type { Panel } from '../panel.js';
import { QUIET_PANELS, UNCHECKED_READS_PANELS, UNUSUAL_PANELS } from './gate.js';
import { AUTH_O_TRON_PANELS, NO_ANSWER_PANELS, NO_VERDICT_PANELS } from './no-verdict.js';
import { KEY_PANELS, LOST_LOG_LINES_PANELS, SLOW_PANELS, STALE_CONFIGURATION_PANELS } from './process.js';
import {
  FORBIDDEN_BY_ROLE_PANELS,
  INTERNAL_ERROR_PANELS,
  INVALID_PANELS,
  MATCH_KEY_MISSING_PANELS,
  NOT_ON_THE_LIST_PANELS,
  UNAUTHORIZED_PANELS,
} from './refusals.js';

/** What shows each symptom. The order is the one of the symptoms. */
export const PANELS: Readonly<Record<SymptomId, readonly Panel[]>> = {
  no_verdict: NO_VERDICT_PANELS,
  auth_o_tron: AUTH_O_TRON_PANELS,
  no_answer: NO_ANSWER_PANELS,
  not_on_the_list: NOT_ON_THE_LIST_PANELS,
  match_key_missing: MATCH_KEY_MISSING_PANELS,
  forbidden_by_role: FORBIDDEN_BY_ROLE_PANELS,
  unauthorized: UNAUTHORIZED_PANELS,
  invalid_requests: INVALID_PANELS,
  internal_error: INTERNAL_ERROR_PANELS,
  quiet: QUIET_PANELS,
  unchecked_reads: UNCHECKED_READS_PANELS,
  slow: SLOW_PANELS,
  unusual: UNUSUAL_PANELS,
  stale_configuration: STALE_CONFIGURATION_PANELS,
  lost_log_lines: LOST_LOG_LINES_PANELS,
  keys: KEY_PANELS,
};
