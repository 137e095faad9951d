/** What came of one attempt to fetch a provider's keys: the values of `aviso_jwks_fetch_total{outcome}`. */
export const KEY_FETCH_OUTCOMES = [
  'success',
  'http_4xx',
  'http_5xx',
  'invalid_response',
  'no_usable_keys',
  'unreachable',
] as const;
export type KeyFetchOutcome = (typeof KEY_FETCH_OUTCOMES)[number];

/** How one provider's keys stand, for probes, series and operators. */
export interface KeyState {
  /** The configured name. */
  readonly provider: string;
  /** Whether readiness waits for its first keys. */
  readonly required: boolean;
  /** A usable set was had once since the start. */
  readonly hadKeys: boolean;
  /** Keys that tokens are verified with at the moment; zero once they are too old. */
  readonly keys: number;
  /** Since the start of the last successful fetch; since the start of the process while there was none. */
  readonly ageSeconds: number;
  /** The last attempt failed: whatever keys there are were kept from before. */
  readonly stale: boolean;
  /** Null before the first attempt has ended. */
  readonly lastOutcome: KeyFetchOutcome | null;
  /** Why the last attempt failed; null when it did not. */
  readonly lastError: string | null;
}
