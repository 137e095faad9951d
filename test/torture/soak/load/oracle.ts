import { TTL_MS } from '../settings.js';
import { listOf, versionsBetween } from '../world/lists.js';
import type { Outcome, Plan } from './plan.js';

/** Clocks of two processes are read a moment apart, in milliseconds. */
const READING_MS = 5;

/** When a request was out, in milliseconds since the start of the world. */
export interface Out {
  readonly sentMs: number;
  readonly answeredMs: number;
}

/**
 * Which statuses are right, from the world's truth alone. A list may be as old as the TTL, or as the oldest request for
 * that user that was still out when this one was sent: its fetch may be the one that answers both. So around a change
 * both answers are right, and at any other time one is.
 *
 * @param oldestMs when the oldest request for that user was sent that was still out
 */
export function rightStatuses(plan: Plan, { sentMs, answeredMs }: Out, oldestMs: number): readonly number[] {
  const { right, user, destination } = plan;
  if (right.kind === 'fixed') return [right.status];
  if (user === null) return [401];
  const fromMs = Math.min(sentMs - TTL_MS, oldestMs) - READING_MS;
  const versions = versionsBetween(user, fromMs, answeredMs + READING_MS);
  const statuses = versions.map((version) => (listOf(user, version).includes(destination) ? 200 : 403));
  return [...new Set(statuses)];
}

/** What `aviso_ecpds_access_decisions_total` must call a request that was answered so; null: it is not in there. */
export function outcomeOf({ right }: Plan, status: number): Outcome | null {
  if (right.kind === 'fixed') return right.outcome;
  if (status === 503) return 'unavailable';
  return status === 200 ? 'allow' : 'deny_destination';
}
