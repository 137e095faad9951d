/** The values of `aviso_ecpds_access_decisions_total{outcome}`, in the order of the runbook. */
export const CHECK_OUTCOME_LABELS = [
  'allow',
  'admin_bypass',
  'deny_destination',
  'deny_match_key_missing',
  'unavailable',
  'error',
] as const;
export type CheckOutcome = (typeof CHECK_OUTCOME_LABELS)[number];
