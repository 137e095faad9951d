import type { Fetch } from '../http/bounded-get.js';
import { type FetchResult, mergeReports, type PartialOutagePolicy } from './merge.js';
import { NamePool } from './name-pool.js';
import type { CheckContext, CheckObserver } from './observer.js';
import { askServer, type ServerSettings } from './server.js';

export interface FetcherSettings extends ServerSettings {
  /** `ecpds.servers`: federated, so all are asked, every time. */
  readonly servers: readonly URL[];
  readonly policy: PartialOutagePolicy;
}

/** Fetches one user's destinations from every configured server. Failures are values; it rejects on bugs only. */
export type Fetcher = (context: CheckContext) => Promise<FetchResult>;

/** Asks all servers in parallel, once, each bounded by the same deadline, and merges the answers. */
export function createFetcher(settings: FetcherSettings, fetch: Fetch, observer: CheckObserver): Fetcher {
  const pool = new NamePool();
  return async (context) => {
    const reports = await Promise.all(
      settings.servers.map(async (server, index) => {
        const report = await askServer(settings, fetch, index, server, context.username);
        observer.serverAnswered(context, report);
        return report;
      }),
    );
    const result = mergeReports(reports, settings.policy, pool);
    observer.fetchFinished(context, result.outcome);
    return result;
  };
}
