import { LRUCache } from 'lru-cache';
import type { DestinationList } from './destinations.js';
import type { FetchResult } from './merge.js';

export interface CacheSettings {
  /** `cache_ttl_seconds`, in milliseconds. */
  readonly ttlMs: number;
  readonly maxEntries: number;
}

/** A monotonic clock, in milliseconds. */
export interface Clock {
  now(): number;
}

export type Lookup =
  | { readonly outcome: 'hit'; readonly list: DestinationList }
  | { readonly outcome: 'miss_fetched' | 'miss_coalesced'; readonly pending: Promise<FetchResult> };

/**
 * Destination lists by identity, in process memory, with single flight (contract section 4, "Cache").
 *
 * Fetches in flight live beside the entries, not among them, so eviction can never lose one. An entry's age counts
 * from the start of its fetch: what a server says is at least as new as the question.
 */
export class DestinationCache {
  readonly #entries: LRUCache<string, DestinationList>;
  readonly #inFlight = new Map<string, Promise<FetchResult>>();
  readonly #clock: Clock;

  constructor(settings: CacheSettings, clock: Clock) {
    this.#clock = clock;
    this.#entries = new LRUCache({
      max: settings.maxEntries,
      ttl: settings.ttlMs,
      ttlResolution: 0,
      perf: clock,
    });
  }

  /** The entry of `key`, or the fetch that will fill it: one per key at a time. Failures are never stored. */
  lookup(key: string, fetch: () => Promise<FetchResult>): Lookup {
    const list = this.#entries.get(key);
    if (list !== undefined) return { outcome: 'hit', list };
    const running = this.#inFlight.get(key);
    if (running !== undefined) return { outcome: 'miss_coalesced', pending: running };
    const pending = this.#fill(key, fetch);
    this.#inFlight.set(key, pending);
    return { outcome: 'miss_fetched', pending };
  }

  /** How many lists are held, expired ones not counted. Linear in the number of entries. */
  size(): number {
    this.#entries.purgeStale();
    return this.#entries.size;
  }

  async #fill(key: string, fetch: () => Promise<FetchResult>): Promise<FetchResult> {
    const start = this.#clock.now();
    try {
      // Through a promise, so that a fetch that throws at once cannot end before it is in flight.
      const result = await Promise.resolve().then(fetch);
      if (result.ok) this.#entries.set(key, result.list, { start });
      return result;
    } finally {
      this.#inFlight.delete(key);
    }
  }
}
