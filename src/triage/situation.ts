import type { CheckOutcome } from '../domain/check-outcome.js';
import type { FetchOutcomeLabel } from '../domain/fetch-outcome.js';
import type { KeyFetchOutcome } from '../domain/key-state.js';

/**
 * What one process knows of itself at a moment: all that `/status` and `diagnose` are made from. It is JSON as it stands,
 * holds no secret, no token and no user's name, and is answered by `GET /status.json`.
 */
export interface Situation {
  /** When it was taken, as an ISO 8601 date. */
  readonly at: string;
  readonly version: string;
  readonly hostname: string;
  /** Since the start of the process. */
  readonly uptimeSeconds: number;
  readonly readiness: { readonly ready: boolean; readonly reason: string | null };
  readonly gatedEventTypes: number;
  /** What moved within the last five minutes, or since the start. */
  readonly recent: Activity;
  /** What moved in each step of the last fifteen minutes, oldest first; fewer while the process is young. */
  readonly history: readonly Step[];
  /** In the order of `ecpds.servers`. */
  readonly servers: readonly ServerView[];
  /** In the order of `sidecar.identity.providers`. */
  readonly providers: readonly ProviderView[];
  readonly cache: CacheView;
  /** Distinct users per outcome of the check, over the last five minutes. */
  readonly distinctUsers: Readonly<Record<CheckOutcome, number>>;
  /** The configuration without secrets. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The absolute paths of the configuration files, in the order they are laid over another; left out when not known. */
  readonly configurationFiles?: readonly string[];
  /** What the files say by now, where that is not what runs; left out when they agree. */
  readonly pending?: PendingConfiguration;
}

/** How much of each countable thing happened in a stretch of time. */
export interface Activity {
  /** How long the stretch is. */
  readonly seconds: number;
  readonly decisions: Readonly<Record<CheckOutcome, number>>;
  readonly fetches: Readonly<Record<FetchOutcomeLabel, number>>;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Requests with credentials, by `mode` and `outcome` of `aviso_auth_requests_total`, as in `direct service_unavailable`. */
  readonly authRequests: Readonly<Record<string, number>>;
  /** By the status that the answer means to the client, over all transports. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly rejectedFetches: number;
  readonly skippedRecords: number;
  readonly revokedGrants: number;
  readonly reloadFailures: number;
  readonly droppedLogLines: number;
  readonly backgroundErrors: number;
  /** Requests that took longer than `SLOW.seconds` to decide; left out when not known. */
  readonly slowDecisions?: number;
}

/** A change of the configuration that has no effect. */
export interface PendingConfiguration {
  /** For how long the files have had problems, so that the old configuration stays; null while they have none. */
  readonly refusedForSeconds: number | null;
  /** Settings that were changed and that only a restart takes over, as in `sidecar.http`. */
  readonly needRestart: readonly string[];
}

/** One step of the history; `at` is its end, as an ISO 8601 date. */
export interface Step extends Activity {
  readonly at: string;
}

export interface ServerView {
  readonly index: number;
  /** Without credentials: they are never in it. */
  readonly server: string;
  /** Null while its last call was usable, and before the first. */
  readonly failure: {
    readonly outcome: FetchOutcomeLabel;
    readonly error: string;
    /** For how long no call was usable. */
    readonly forSeconds: number;
  } | null;
  readonly circuitOpen: boolean;
  readonly inFlight: number;
  readonly queued: number;
}

export interface ProviderView {
  readonly provider: string;
  readonly required: boolean;
  /** `fresh`; `old`: kept after a failed refresh; `expired`: too old to be used; `none`: never had. */
  readonly state: 'fresh' | 'old' | 'expired' | 'none';
  readonly keys: number;
  /** Since the last successful fetch; since the start while there was none. */
  readonly ageSeconds: number;
  readonly lastOutcome: KeyFetchOutcome | null;
  readonly lastError: string | null;
}

export interface CacheView {
  readonly size: number;
  readonly maxEntries: number;
  readonly ttlSeconds: number;
}
