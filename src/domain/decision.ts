import type { CacheOutcome, FetchFailure } from './fetch-outcome.js';
import type { Identity } from './identity.js';

/** Why a request was allowed. `not_gated`: nothing of ours to check; the other two come from the check. */
export type AllowReason = 'not_gated' | 'admin_bypass' | 'destination_listed';

/** Why the check denied, spelled as the runbook spells it in `reason`. */
export type DenyReason = 'DestinationNotInList' | 'MatchKeyMissing';

/** A request that is refused for what it is, before anyone is asked (contract section 2). */
export const INVALID_STATUS = {
  INVALID_JSON: 400,
  UNKNOWN_FIELD: 400,
  INVALID_REQUEST_SHAPE: 400,
  UNKNOWN_EVENT_TYPE: 400,
  NOT_FOUND: 404,
  REQUEST_TIMEOUT: 408,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  REQUEST_HEADER_FIELDS_TOO_LARGE: 431,
  /** There is no room for it: so many other large requests are on their way. */
  OVERLOADED: 503,
} as const;
export type InvalidCode = keyof typeof INVALID_STATUS;

/** What kind of fault of ours an `error` is: `error_kind` in its event. */
export const ERROR_KINDS = [
  /** A gated event type, but nobody to ask. */
  'missing_checker',
  'fetch_failed_unexpectedly',
  'unexpected',
  /** The proxy's route is for another operation than the path. */
  'route_operation_mismatch',
  /** The proxy sends bodies as text, with what is no UTF-8 replaced. */
  'body_not_raw',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/**
 * The verdict on one request. Closed: only `allow` lets a request through.
 *
 * `deny`, `unavailable` and `error` come out of the ECPDS check; the other refusals are made outside it and touch
 * neither its events nor its series. `message` is safe to show
 * to the client; `cause` is for the log.
 */
export type Decision =
  | {
      readonly kind: 'allow';
      readonly reason: AllowReason;
      readonly identity: Identity | null;
      readonly cacheOutcome: CacheOutcome | null;
      /** The `Authorization` value that the gateway is to see in place of the client's; never logged. */
      readonly authorization?: string;
    }
  | { readonly kind: 'invalid'; readonly code: InvalidCode; readonly message: string }
  | { readonly kind: 'unauthenticated'; readonly message: string }
  | { readonly kind: 'forbidden'; readonly message: string }
  | { readonly kind: 'identity_unavailable'; readonly message: string }
  | { readonly kind: 'deny'; readonly reason: DenyReason; readonly cacheOutcome: CacheOutcome | 'none' }
  | {
      readonly kind: 'unavailable';
      readonly fetchOutcome: FetchFailure;
      readonly cacheOutcome: CacheOutcome;
    }
  | {
      readonly kind: 'error';
      readonly errorKind: ErrorKind;
      readonly cause: unknown;
      readonly cacheOutcome: CacheOutcome | null;
    };
