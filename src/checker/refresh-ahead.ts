import { type DestinationCache, type Filled, isComplete } from './cache.js';
import type { CachedList } from './cached-list.js';
import type { Clock } from './clock.js';
import type { Fetcher } from './fetcher.js';
import type { CheckContext, CheckObserver } from './observer.js';

export interface RefreshAheadParts {
  readonly cache: DestinationCache;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  readonly observer: CheckObserver;
  /** The age of a list from which on a hit has it fetched again, in milliseconds. */
  readonly afterMs: number;
}

/** No request waits for it, and the one that set it off is answered already: its calls are in no trace. */
const untraced = ({ requestId, eventType, username }: CheckContext): CheckContext => ({
  requestId,
  eventType,
  username,
});

/**
 * Fetches a list again, once, behind a hit on it that is old, so that nobody waits when it expires. The newer list is
 * the second verification of what was granted by the old one (contract section 8).
 */
export class RefreshAhead {
  constructor(private readonly parts: RefreshAheadParts) {}

  /** To be called for each hit; returns at once. */
  afterHit(key: string, list: CachedList, context: CheckContext): void {
    const { cache, fetcher, clock, afterMs } = this.parts;
    if (!list.claimRefresh(clock.now(), afterMs)) return;
    const pending = cache.refresh(key, () => fetcher(untraced(context)));
    if (pending !== null) void this.#verify(list, pending, context);
  }

  async #verify(old: CachedList, pending: Promise<Filled>, context: CheckContext): Promise<void> {
    const { clock, observer } = this.parts;
    try {
      const result = await pending;
      if (!result.ok || !isComplete(result)) return;
      for (const [destination, grantedAt] of old.grantsMissingFrom(result.list.list)) {
        observer.grantRevoked(context, { destination, grantedAgoMs: clock.now() - grantedAt });
      }
    } catch (cause) {
      observer.backgroundFailed('refresh', cause);
    }
  }
}
