import type { FetchFailure, FetchOutcome } from '../domain/fetch-outcome.js';
import type { Username } from '../domain/names.js';
import type { RequestSpan } from '../domain/tracing.js';
import type { ServerReport } from './server.js';

/** The request on whose behalf something was done, for the events about it. */
export interface CheckContext {
  readonly requestId: string;
  /** Null when a list is asked for without a stream: by a recheck. */
  readonly eventType: string | null;
  readonly username: Username;
  /** What its calls are part of; left out when nothing is traced, and for what no request waits for. */
  readonly span?: RequestSpan | undefined;
}

/** Which server something is about. */
export interface ServerRef {
  /** Zero-based position in `ecpds.servers`. */
  readonly index: number;
  readonly server: URL;
}

/** Told of everything the checker does that the runbook has an event or a counter for. */
export interface CheckObserver extends ServerObserver, BackgroundObserver {
  started(context: CheckContext): void;
  cacheHit(context: CheckContext): void;
  /** Coalesced waiters included. */
  cacheMiss(context: CheckContext): void;
  /** Once per fetch that ran, with its merged outcome. */
  fetchFinished(context: CheckContext, outcome: FetchOutcome): void;
  /** A second verification found that a destination granted before is not listed any more. */
  grantRevoked(context: CheckContext, grant: RevokedGrant): void;
}

export interface RevokedGrant {
  readonly destination: string;
  /** How long ago it was last granted, in milliseconds. */
  readonly grantedAgoMs: number;
}

/** Told of bugs in what is no decision on a request. */
export interface BackgroundObserver {
  backgroundFailed(task: BackgroundTask, cause: unknown): void;
}

/** `refresh`: a list fetched again behind a hit; the old one stays. `probe`: of an open circuit; it stays open. `recheck`, `explain`: answered with 500. `history`: of what /status shows. `admin`: a page or a scrape, answered with 500. `record`: an event, a count or a span is missing. `stop`: something could not be closed. */
export const BACKGROUND_TASKS = [
  'refresh',
  'probe',
  'recheck',
  'explain',
  'history',
  'admin',
  'record',
  'stop',
] as const;
export type BackgroundTask = (typeof BACKGROUND_TASKS)[number];

/** Told of what happens between this process and one ECPDS server. */
export interface ServerObserver {
  /** A call made for a fetch has ended. */
  serverAnswered(context: CheckContext, report: ServerReport): void;
  /** No list was fetched because too many calls wait for this server already. */
  fetchRejected(context: CheckContext, at: ServerRef): void;
  circuitOpened(at: ServerRef, outcome: FetchFailure): void;
  circuitClosed(at: ServerRef): void;
  /** A call made only to see whether the server is back has ended; what it listed is not used. */
  probeAnswered(report: ServerReport): void;
}
