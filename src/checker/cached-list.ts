import type { Destination } from '../domain/names.js';
import { ownCopy } from '../json/own-copy.js';
import type { DestinationList } from './destinations.js';

/** One user's list as the cache holds it, and what a second verification needs to know of it. */
export class CachedList {
  #grants: Map<string, number> | null = null;
  #claimed = false;

  /** @param startedAt when its fetch started, in milliseconds of the checker's clock */
  constructor(
    readonly list: DestinationList,
    readonly startedAt: number,
  ) {}

  /** True for the first who asks once the list is this old, in milliseconds; false ever after. */
  claimRefresh(now: number, afterMs: number): boolean {
    if (this.#claimed || now - this.startedAt < afterMs) return false;
    this.#claimed = true;
    return true;
  }

  /** Remembers that a listed destination was granted; no more of them than the list is long. */
  granted(destination: Destination, now: number): void {
    this.#grants ??= new Map();
    const isKnown = this.#grants.has(destination);
    this.#grants.set(isKnown ? destination : ownCopy(destination), now);
  }

  /** What was granted by this list and is not on a newer one, with the time of its last grant. */
  grantsMissingFrom(newer: DestinationList): [destination: string, grantedAt: number][] {
    return [...(this.#grants ?? [])].filter(([destination]) => !newer.has(destination));
  }
}
