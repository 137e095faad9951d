import type { CacheOutcome, FetchFailure } from '../domain/fetch-outcome.js';
import { type Identity, identityKey } from '../domain/identity.js';
import { inTime } from '../domain/in-time.js';
import type { Destination } from '../domain/names.js';
import type { Awaitable } from '../domain/result.js';
import type { RequestSpan } from '../domain/tracing.js';
import type { DestinationCache, Filled, Lookup } from './cache.js';
import type { CachedList } from './cached-list.js';
import type { Clock } from './clock.js';
import type { Fetcher } from './fetcher.js';
import type { CheckContext, CheckObserver } from './observer.js';
import { RefreshAhead } from './refresh-ahead.js';

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
  readonly span?: RequestSpan | undefined;
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

export interface CheckerParts {
  readonly cache: DestinationCache;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  readonly observer: CheckObserver;
  /** `refresh_ahead`: from which age on a list is fetched again behind a hit, in milliseconds; null: never. */
  readonly refreshAfterMs: number | null;
}

export function createChecker(parts: CheckerParts): Checker {
  const { cache, fetcher, clock, observer, refreshAfterMs } = parts;
  const refresh = refreshAfterMs === null ? null : new RefreshAhead({ ...parts, afterMs: refreshAfterMs });
  const listedOn = (list: CachedList, destination: Destination): 'listed' | 'not_listed' => {
    if (!list.list.has(destination)) return 'not_listed';
    if (refresh !== null) list.granted(destination, clock.now());
    return 'listed';
  };
  const flights: Flights = new WeakMap();
  return {
    check({ identity, destination, eventType, requestId, deadline, span }) {
      const context: CheckContext = { requestId, eventType, username: identity.username, span };
      observer.started(context);
      if (destination === null) return { kind: 'match_key_missing', cacheOutcome: 'none' };
      const key = identityKey(identity);
      const lookup = cache.lookup(key, () => fetcher(context));
      const cacheOutcome = lookup.outcome;
      if (lookup.outcome === 'hit') {
        observer.cacheHit(context);
        const verdict: Verdict = { kind: listedOn(lookup.list, destination), cacheOutcome };
        refresh?.afterHit(key, lookup.list, context);
        return verdict;
      }
      observer.cacheMiss(context);
      if (span !== undefined) traceFlight(flights, lookup, span);
      return before(deadline - clock.now(), lookup.pending).then((result) =>
        isList(result)
          ? { kind: listedOn(result.list, destination), cacheOutcome }
          : noVerdict(result, cacheOutcome),
      );
    },
    cacheSize: () => cache.size(),
  };
}

/** Whose calls a fetch in flight is made of, when that is traced. */
type Flights = WeakMap<Promise<Filled>, RequestSpan>;
type Miss = Exclude<Lookup, { outcome: 'hit' }>;

function traceFlight(flights: Flights, { outcome, pending }: Miss, span: RequestSpan): void {
  if (outcome === 'miss_fetched') return void flights.set(pending, span);
  const flight = flights.get(pending);
  if (flight !== undefined) span.waitsFor(flight);
}

type Waited = Filled | Bug | typeof LATE;
type WithList = Extract<Filled, { ok: true }>;

const isList = (result: Waited): result is WithList =>
  result !== LATE && !(result instanceof Bug) && result.ok;

function noVerdict(result: Exclude<Waited, WithList>, cacheOutcome: CacheOutcome): Verdict {
  if (result instanceof Bug) return { kind: 'error', cause: result.cause, cacheOutcome };
  const fetchOutcome = result === LATE ? 'Unreachable' : result.outcome;
  return { kind: 'unavailable', fetchOutcome, cacheOutcome };
}

/** The result, or `LATE` after so many milliseconds. The fetch itself goes on and fills the cache. */
const before = (remainingMs: number, pending: Promise<Filled>): Promise<Waited> =>
  inTime<Waited, typeof LATE>(
    remainingMs,
    pending.catch((cause: unknown) => new Bug(cause)),
    LATE,
  );
