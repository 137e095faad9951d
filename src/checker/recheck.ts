import pLimit from 'p-limit';
import { asUsername } from '../domain/names.js';
import type { RecheckPair, RecheckVerdict } from '../domain/recheck.js';
import { isComplete } from './cache.js';
import { Deadline } from './deadline.js';
import type { Fetcher } from './fetcher.js';
import type { FetchResult } from './merge.js';

/**
 * One verdict per pair, in their order.
 *
 * @param isEcpdsUser whether ECPDS knows users of the pair's namespace by the same names
 */
export type NamespacedRecheck = (
  pairs: readonly RecheckPair[],
  requestId: string,
  isEcpdsUser: (pair: RecheckPair) => boolean,
) => Promise<readonly RecheckVerdict[]>;

/** How many users are looked up at once, over all batches: few, so that requests of users hardly wait for them. */
const MAX_USERS_AT_ONCE = 16;

const OUT_OF_TIME: FetchResult = { ok: false, outcome: 'Unreachable' };
const NOT_AN_ECPDS_USER: RecheckVerdict = { verdict: 'deny', reason: 'NotAnEcpdsUser' };

/**
 * Verifies rights against fresh lists (contract section 8, "second verification"): one fetch per user, through the same
 * caps as any other, and never by or into the cache. A failure is never an allow, and never a denial either.
 *
 * @param budgetMs what is not answered by then, in milliseconds, counts as unreachable
 */
export function createRecheck(fetcher: Fetcher, budgetMs: number): NamespacedRecheck {
  const limit = pLimit(MAX_USERS_AT_ONCE);
  return async (pairs, requestId, isEcpdsUser) => {
    const deadline = new Deadline(budgetMs);
    const fetches = new Map<string, Promise<FetchResult>>();
    const listOf = (name: string): Promise<FetchResult> => {
      const username = asUsername(name);
      const known = fetches.get(name);
      if (known !== undefined) return known;
      const fetch = async () =>
        deadline.isPast ? OUT_OF_TIME : fetcher({ requestId, eventType: null, username });
      const fetched = deadline.orAt(limit(fetch), OUT_OF_TIME);
      fetches.set(name, fetched);
      return fetched;
    };
    try {
      return await Promise.all(
        pairs.map(async (pair) =>
          isEcpdsUser(pair) ? verdictOn(await listOf(pair.username), pair.destination) : NOT_AN_ECPDS_USER,
        ),
      );
    } finally {
      deadline.cancel();
    }
  };
}

/** A name on any server's list is proof; that it is on none is proof only when every server answered. */
function verdictOn(result: FetchResult, destination: string): RecheckVerdict {
  if (result.ok && result.list.has(destination)) return { verdict: 'allow' };
  if (result.ok && isComplete(result)) return { verdict: 'deny', reason: 'DestinationNotInList' };
  const { outcome } = result;
  return { verdict: 'unavailable', fetchOutcome: outcome === 'Success' ? 'Unreachable' : outcome };
}
