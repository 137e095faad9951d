/** What a decision comes to: its status, and what else the contract pins of it. */
export type Verdict =
  | '200 not_gated'
  | '200 admin_bypass'
  | '200 destination_listed'
  | '400 INVALID_JSON'
  | '400 UNKNOWN_FIELD'
  | '400 INVALID_REQUEST_SHAPE'
  | '400 UNKNOWN_EVENT_TYPE'
  | '401 UNAUTHORIZED'
  | '403 by role'
  | '403 DestinationNotInList'
  | '403 MatchKeyMissing'
  | '404 NOT_FOUND'
  | '413 PAYLOAD_TOO_LARGE'
  | '415 UNSUPPORTED_MEDIA_TYPE'
  | '500 INTERNAL_ERROR'
  | '503 SERVICE_UNAVAILABLE';

export const isAllow = (verdict: Verdict): boolean => verdict.startsWith('200');

/** The code of the JSON body that goes with a refusal (contract section 2, "Error bodies"). */
export const codeOf = (verdict: Verdict): string =>
  verdict.startsWith('403') ? 'FORBIDDEN' : verdict.slice('400 '.length);

export const statusOf = (verdict: Verdict): number => Number(verdict.slice(0, 3));
