import type { CacheOutcome, FetchFailure } from '../domain/fetch-outcome.js';
import { type Identity, identityKey } from '../domain/identity.js';
import type { Destination } from '../domain/names.js';
import type { Awaitable } from '../domain/result.js';
import type { Clock, DestinationCache } from './cache.js';
import type { Fetcher } from './fetcher.js';
import type { FetchResult } from './merge.js';
import type { CheckContext, CheckObserver } from './observer.js';

/** The answer to "may this user read this destination?". `unavailable`: no verdict could be reached in time. */
export type Verdict =
  | { readonly kind: 'listed' | 'not_listed'; readonly cacheOutcome: CacheOutcome }
  | { readonly kind: 'match_key_missing'; readonly cacheOutcome: 'none' }
  | { readonly kind: 'unavailable'; readonly fetchOutcome: FetchFailure; readonly cacheOutcome: CacheOutcome }
  | { readonly kind: 'error'; readonly cause: unknown; readonly cacheOutcome: CacheOutcome };

export interface CheckRequest {
  readonly identity: Identity;
  /** The canonical match key, or null when the request has none. */
  readonly destination: Destination | null;
  readonly eventType: string;
  readonly requestId: string;
  /** When the asker stops waiting, in milliseconds of the checker's clock. */
  readonly deadline: number;
}

/** Decides by the user's destination list: from the cache, or from ECPDS (contract sections 3 and 4). */
export interface Checker {
  check(request: CheckRequest): Awaitable<Verdict>;
  /** How many lists the cache holds. */
  cacheSize(): number;
}

const LATE = Symbol('late');

class Bug {
  constructor(readonly cause: unknown) {}
}

export function createChecker(
  cache: DestinationCache,
  fetcher: Fetcher,
  clock: Clock,
  observer: CheckObserver,
): Checker {
  return {
    check({ identity, destination, eventType, requestId, deadline }) {
      const context: CheckContext = { requestId, eventType, username: identity.username };
      observer.started(context);
      if (destination === null) return { kind: 'match_key_missing', cacheOutcome: 'none' };
      const lookup = cache.lookup(identityKey(identity), () => fetcher(context));
      const cacheOutcome = lookup.outcome;
      if (lookup.outcome === 'hit') {
        observer.cacheHit(context);
        return { kind: lookup.list.has(destination) ? 'listed' : 'not_listed', cacheOutcome };
      }
      observer.cacheMiss(context);
      return before(deadline - clock.now(), lookup.pending).then((result) =>
        verdictOn(result, destination, lookup.outcome),
      );
    },
    cacheSize: () => cache.size(),
  };
}

function verdictOn(
  result: FetchResult | Bug | typeof LATE,
  destination: Destination,
  cacheOutcome: CacheOutcome,
): Verdict {
  if (result instanceof Bug) return { kind: 'error', cause: result.cause, cacheOutcome };
  if (result === LATE) return { kind: 'unavailable', fetchOutcome: 'Unreachable', cacheOutcome };
  if (!result.ok) return { kind: 'unavailable', fetchOutcome: result.outcome, cacheOutcome };
  return { kind: result.list.has(destination) ? 'listed' : 'not_listed', cacheOutcome };
}

/** The result, or `LATE` after so many milliseconds. The fetch itself goes on and fills the cache. */
async function before(
  remainingMs: number,
  pending: Promise<FetchResult>,
): Promise<FetchResult | Bug | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, remainingMs), LATE);
  });
  try {
    return await Promise.race([pending.catch((cause: unknown) => new Bug(cause)), late]);
  } finally {
    clearTimeout(timer);
  }
}
