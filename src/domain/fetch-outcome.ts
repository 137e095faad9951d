/**
 * What one ECPDS server, or the merge of all, came to (contract section 3), worst first.
 *
 * One table: the union member is the value of `fetch_outcome` in events, `label` the value of
 * `aviso_ecpds_fetch_total{outcome}`.
 */
export const FETCH_FAILURES = [
  { outcome: 'Unauthorized', label: 'http_401' },
  { outcome: 'Forbidden', label: 'http_403' },
  { outcome: 'ClientError', label: 'http_4xx' },
  { outcome: 'InvalidResponse', label: 'invalid_response' },
  { outcome: 'ServerError', label: 'http_5xx' },
  { outcome: 'Unreachable', label: 'unreachable' },
] as const;

export type FetchFailure = (typeof FETCH_FAILURES)[number]['outcome'];
export type FetchOutcome = 'Success' | FetchFailure;
export type FetchOutcomeLabel = 'success' | (typeof FETCH_FAILURES)[number]['label'];

const LABELS = new Map<FetchOutcome, FetchOutcomeLabel>([
  ['Success', 'success'],
  ...FETCH_FAILURES.map(({ outcome, label }) => [outcome, label] as const),
]);

/** Every value of `aviso_ecpds_fetch_total{outcome}`. */
export const FETCH_OUTCOME_LABELS: readonly FetchOutcomeLabel[] = [...LABELS.values()];

export function fetchOutcomeLabel(outcome: FetchOutcome): FetchOutcomeLabel {
  return LABELS.get(outcome) ?? 'unreachable';
}

/** The worst of several failures, or null when there was none. */
export function worstFailure(failures: readonly FetchFailure[]): FetchFailure | null {
  return FETCH_FAILURES.find(({ outcome }) => failures.includes(outcome))?.outcome ?? null;
}

/** How the cache answered, as `cache_outcome` is spelled in events. `none` goes with `MatchKeyMissing` only. */
export type CacheOutcome = 'hit' | 'miss_fetched' | 'miss_coalesced';
