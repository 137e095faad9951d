import type { FetchFailure } from './fetch-outcome.js';

/** How one ECPDS server stands, by what calls to it came to: for series, `/status` and whoever is on call. */
export interface ServerState {
  /** Zero-based position in `ecpds.servers`. */
  readonly index: number;
  readonly server: URL;
  /** What the last call came to; null while it was usable, and before the first. */
  readonly failure: ServerTrouble | null;
  /** Whether calls are answered with its last failure in place of being made (`circuit_breaker`). */
  readonly circuitOpen: boolean;
  /** Calls that run. */
  readonly inFlight: number;
  /** Calls that wait for one that runs to end. */
  readonly queued: number;
}

export interface ServerTrouble {
  readonly outcome: FetchFailure;
  /** What happened last, for operators; carries no credentials. */
  readonly error: string;
  /** Since when no call was usable, in milliseconds of the checker's clock. */
  readonly since: number;
}
