import type { FetchFailure } from './fetch-outcome.js';

/** A right to look at once more: that of an open stream, for instance (`POST /recheck`). */
export interface RecheckPair {
  readonly username: string;
  readonly realm: string | null;
  /** Null: Aviso's own namespace, as in an `Identity`. */
  readonly issuer: string | null;
  /** In its canonical form. */
  readonly destination: string;
}

/**
 * What a fresh look came to. `allow`: a server lists the destination now. `deny`: every server answered and none does, or
 * the user's namespace has no destinations. `unavailable`: it cannot be said.
 */
export type RecheckVerdict =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'deny'; readonly reason: 'DestinationNotInList' | 'NotAnEcpdsUser' }
  | { readonly verdict: 'unavailable'; readonly fetchOutcome: FetchFailure };

/** Verifies a batch against fresh lists; one verdict per pair, in their order. */
export type Recheck = (
  pairs: readonly RecheckPair[],
  requestId: string,
) => Promise<readonly RecheckVerdict[]>;
