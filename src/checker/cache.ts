import { LRUCache } from 'lru-cache';
import { CachedList } from './cached-list.js';
import type { Clock } from './clock.js';
import type { FetchResult, FetchResultOf } from './merge.js';

export interface CacheSettings {
  /** `cache_ttl_seconds`, in milliseconds. */
  readonly ttlMs: number;
  readonly maxEntries: number;
  /** `protections.ttl_jitter`: the greatest part of the TTL, below 1, that is taken off at random. */
  readonly ttlJitter: number;
  /**
   * How long a fetch may take until the next request starts another, in milliseconds: longer than any that can still
   * bring a list. Without a limit when left out.
   */
  readonly maxFlightMs?: number;
}

interface Flight {
  readonly pending: Promise<Filled>;
  readonly startedAt: number;
}

/** What a fetch came to, its list in the form it is cached in. */
export type Filled = FetchResultOf<CachedList>;

export type Lookup =
  | { readonly outcome: 'hit'; readonly list: CachedList }
  | { readonly outcome: 'miss_fetched' | 'miss_coalesced'; readonly pending: Promise<Filled> };

/**
 * Destination lists by identity, in process memory, with single flight (contract section 4, "Cache").
 *
 * Fetches in flight live beside the entries, not among them, so eviction can never lose one. An entry's age counts
 * from the start of its fetch: what a server says is at least as new as the question.
 */
export class DestinationCache {
  readonly #entries: LRUCache<string, CachedList>;
  readonly #inFlight = new Map<string, Flight>();
  readonly #settings: CacheSettings;
  readonly #clock: Clock;
  readonly #random: () => number;

  /** @param random gives numbers from 0 up to and without 1, for the jitter */
  constructor(settings: CacheSettings, clock: Clock, random: () => number = Math.random) {
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
    this.#entries = new LRUCache({
      max: settings.maxEntries,
      ttl: settings.ttlMs,
      ttlResolution: 0,
      perf: { now: () => shifted(clock.now()) },
    });
  }

  /** The entry of `key`, or the fetch that will fill it: one per key at a time. Failures are never stored. */
  lookup(key: string, fetch: () => Promise<FetchResult>): Lookup {
    const list = this.#entries.get(key);
    if (list !== undefined) return { outcome: 'hit', list };
    const running = this.#flightOf(key);
    if (running !== null) return { outcome: 'miss_coalesced', pending: running };
    return { outcome: 'miss_fetched', pending: this.#fly(key, fetch, ({ ok }) => ok) };
  }

  /**
   * Fetches the list of `key` again while the old one is served. A refresh in which any server failed changes nothing,
   * whatever the policy (contract section 8). Null when a fetch for the key is in flight already.
   */
  refresh(key: string, fetch: () => Promise<FetchResult>): Promise<Filled> | null {
    if (this.isFetching(key)) return null;
    return this.#fly(key, fetch, isComplete);
  }

  /** The entry of `key` and how long it will be served yet, in milliseconds; leaves its place in the order as it is. */
  peek(key: string): { readonly list: CachedList; readonly remainingMs: number } | null {
    const list = this.#entries.peek(key);
    return list === undefined ? null : { list, remainingMs: this.#entries.getRemainingTTL(key) };
  }

  /** Whether a fetch that will fill `key` is in flight. */
  isFetching(key: string): boolean {
    return this.#flightOf(key) !== null;
  }

  /** How many lists are held under other keys that end so. Linear in the number of entries. */
  countOthers(key: string, ending: string): number {
    let count = 0;
    for (const other of this.#entries.keys()) if (other !== key && other.endsWith(ending)) count += 1;
    return count;
  }

  /** How many lists are held, expired ones not counted. Linear in the number of entries. */
  size(): number {
    this.#entries.purgeStale();
    return this.#entries.size;
  }

  #fly(
    key: string,
    fetch: () => Promise<FetchResult>,
    isKept: (result: FetchResult) => boolean,
  ): Promise<Filled> {
    const startedAt = this.#clock.now();
    const isCurrent = (): boolean => this.#inFlight.get(key)?.pending === pending;
    const keep = (list: CachedList, result: FetchResult): void => {
      if (!isKept(result) || !isCurrent()) return;
      this.#entries.set(key, list, { start: shifted(startedAt), ttl: this.#lifetimeMs() });
    };
    const pending = this.#fill(startedAt, fetch, keep).finally(() => {
      if (isCurrent()) this.#inFlight.delete(key);
    });
    // Whoever waits for it sees a rejection; when a bug keeps them all from waiting, it must not end the process.
    pending.catch(() => undefined);
    this.#inFlight.set(key, { pending, startedAt });
    return pending;
  }

  async #fill(
    startedAt: number,
    fetch: () => Promise<FetchResult>,
    keep: (list: CachedList, result: FetchResult) => void,
  ): Promise<Filled> {
    // Through a promise, so that a fetch that throws at once cannot end before it is in flight.
    const result = await Promise.resolve().then(fetch);
    if (!result.ok) return result;
    const list = new CachedList(result.list, startedAt);
    keep(list, result);
    return { ...result, list };
  }

  /** The fetch that runs for `key`. One older than `maxFlightMs` brings nothing any more: it is not joined. */
  #flightOf(key: string): Promise<Filled> | null {
    const flight = this.#inFlight.get(key);
    if (flight === undefined) return null;
    const { maxFlightMs = Number.POSITIVE_INFINITY } = this.#settings;
    return this.#clock.now() - flight.startedAt > maxFlightMs ? null : flight.pending;
  }

  #lifetimeMs(): number {
    const { ttlMs, ttlJitter } = this.#settings;
    return ttlJitter === 0 ? ttlMs : ttlMs * (1 - ttlJitter * this.#random());
  }
}

/** lru-cache takes the time 0 for none, and an entry of that time would never end; no clock here goes below it. */
const shifted = (now: number): number => now + 1;

/** Whether every server answered: a list under `any_success` can be usable without being whole. */
export const isComplete = (result: FetchResultOf<unknown>): boolean =>
  result.ok && result.outcome === 'Success';
