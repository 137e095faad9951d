import type { EcpdsServer } from './ecpds-server.js';
import { type FetchResult, mergeAnswers, type PartialOutagePolicy } from './merge.js';
import { NamePool } from './name-pool.js';
import type { CheckContext, CheckObserver } from './observer.js';

/** Fetches one user's destinations from every configured server. Failures are values; it rejects on bugs only. */
export type Fetcher = (context: CheckContext) => Promise<FetchResult>;

const REJECTED: FetchResult = { ok: false, outcome: 'Unreachable' };

/**
 * Asks all servers in parallel, once, each bounded by the same deadline, and merges the answers. When one of them has
 * no room for another waiting call, none is asked and no fetch is counted (contract section 8).
 *
 * @param servers `ecpds.servers`: federated, so all are asked, every time
 */
export function createFetcher(
  servers: readonly EcpdsServer[],
  policy: PartialOutagePolicy,
  observer: CheckObserver,
): Fetcher {
  const pool = new NamePool();
  return async (context) => {
    const full = servers.find((server) => !server.hasRoom);
    if (full !== undefined) {
      observer.fetchRejected(context, full.at);
      return REJECTED;
    }
    const answers = await Promise.all(servers.map((server) => server.ask(context)));
    const result = mergeAnswers(answers, policy, pool);
    observer.fetchFinished(context, result.outcome);
    return result;
  };
}
