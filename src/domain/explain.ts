import type { FetchOutcome } from './fetch-outcome.js';
import type { RecheckPair, RecheckVerdict } from './recheck.js';

/** What the cache holds for one identity, seen without touching it. */
export type CacheView =
  | { readonly held: false }
  | {
      readonly held: true;
      /** Since its fetch started, in milliseconds. */
      readonly ageMs: number;
      /** Until it is fetched anew, in milliseconds. */
      readonly remainingMs: number;
      readonly listed: boolean;
    };

/** What one ECPDS server said, freshly asked. */
export interface ServerLook {
  /** Zero-based position in `ecpds.servers`. */
  readonly index: number;
  readonly server: URL;
  /** Whether its circuit was open: then it was not called, and stands with its last failure. */
  readonly circuitOpen: boolean;
  /** The HTTP status, or null when none came. */
  readonly status: number | null;
  /** Of the call, in milliseconds, the wait for its turn left out; null when there was no call to its end. */
  readonly durationMs: number | null;
  readonly outcome: FetchOutcome;
  /** What happened; null when it answered. */
  readonly error: string | null;
  /** Whether it lists the destination; null when it gave no usable answer. */
  readonly listed: boolean | null;
}

/** Why one user may or may not read one destination, by the cache and by a fresh look (`POST /explain`). */
export interface Explanation {
  readonly cache: CacheView;
  /** How many lists are held for the same user name under another realm or issuer. */
  readonly heldForNamesakes: number;
  /** A request that finds no list would wait for a fetch that runs already. */
  readonly fetchRuns: boolean;
  /** In the order of `ecpds.servers`; empty when the user's namespace has no destinations. */
  readonly servers: readonly ServerLook[];
  /** What the fresh look comes to under `partial_outage_policy`; it is not cached. */
  readonly fresh: RecheckVerdict;
  /** What a request would get now: by the list in the cache when there is one, else by a fetch. */
  readonly request: { readonly from: 'cache' | 'fresh' | 'namespace'; readonly verdict: RecheckVerdict };
}

/** Explains one right; changes nothing in the cache. */
export type Explain = (question: RecheckPair, requestId: string) => Promise<Explanation>;
