import { LRUCache } from 'lru-cache';
import type { CheckOutcome } from './vocabulary.js';

/** A user is counted until this long after the last decision with that outcome, in milliseconds. */
export const WINDOW_MS = 5 * 60 * 1000;
/** At most so many users are counted per outcome; of more, the latest. */
export const MAX_USERS = 20_000;

/**
 * Distinct users per outcome of the check over the last five minutes (contract section 8).
 *
 * Exact up to `MAX_USERS`, where the count stays. The window slides by the millisecond, for each user apart
 * (docs/decisions/0029-distinct-users.md).
 */
export class DistinctUsers {
  /** By outcome. lru-cache takes its arrays whole at the start, so an outcome has none before its first user. */
  readonly #seen = new Map<CheckOutcome, LRUCache<string, true>>();
  /** Never 0, which to lru-cache is no time at all: the user would stay for ever. */
  readonly #perf: { readonly now: () => number };

  /** @param now a monotonic clock, in milliseconds */
  constructor(now: () => number) {
    this.#perf = { now: () => now() + 1 };
  }

  /** @param user as `identityKey` writes it, so that equal names of two namespaces are two users */
  add(outcome: CheckOutcome, user: string): void {
    this.#usersOf(outcome).set(user, true);
  }

  /** Linear in the number of users. */
  count(outcome: CheckOutcome): number {
    const users = this.#seen.get(outcome);
    if (users === undefined) return 0;
    users.purgeStale();
    if (users.size === 0) this.#seen.delete(outcome);
    return users.size;
  }

  #usersOf(outcome: CheckOutcome): LRUCache<string, true> {
    const known = this.#seen.get(outcome);
    if (known !== undefined) return known;
    const options = { max: MAX_USERS, ttl: WINDOW_MS, ttlResolution: 0, perf: this.#perf };
    const users = new LRUCache<string, true>(options);
    this.#seen.set(outcome, users);
    return users;
  }
}
