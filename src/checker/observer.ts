import type { FetchOutcome } from '../domain/fetch-outcome.js';
import type { Username } from '../domain/names.js';
import type { ServerReport } from './server.js';

/** The request on whose behalf something was done, for the events about it. */
export interface CheckContext {
  readonly requestId: string;
  readonly eventType: string;
  readonly username: Username;
}

/** Told of everything the checker does that the runbook has an event or a counter for. */
export interface CheckObserver {
  started(context: CheckContext): void;
  cacheHit(context: CheckContext): void;
  /** Coalesced waiters included. */
  cacheMiss(context: CheckContext): void;
  serverAnswered(context: CheckContext, report: ServerReport): void;
  /** Once per fetch that ran, with its merged outcome. */
  fetchFinished(context: CheckContext, outcome: FetchOutcome): void;
}
