import { DestinationCache } from './checker/cache.js';
import { type Checker, createChecker } from './checker/checker.js';
import type { Clock } from './checker/clock.js';
import { EcpdsServer } from './checker/ecpds-server.js';
import { createExplain, type NamespacedExplain } from './checker/explain.js';
import { createFetcher } from './checker/fetcher.js';
import type { CheckObserver } from './checker/observer.js';
import { createRecheck, type NamespacedRecheck } from './checker/recheck.js';
import type { EcpdsConfig, SidecarConfig } from './config/schema.js';
import type { RecheckPair } from './domain/recheck.js';
import type { ServerState } from './domain/server-state.js';
import type { HttpClient } from './http/client.js';

/** What a change of the protections leaves alone: lists, fetches in flight for them, and connections. */
export interface EcpdsLists {
  readonly cache: DestinationCache;
  readonly client: HttpClient;
}

/** Everything that knows of ECPDS, built from one configuration. */
export interface EcpdsEngine {
  /** For a successor that would get the same lists in the same way. */
  readonly lists: EcpdsLists;
  readonly checker: Checker;
  readonly recheck: NamespacedRecheck;
  readonly explain: NamespacedExplain;
  /** How the servers stand, in the order of `ecpds.servers`. */
  servers(): readonly ServerState[];
  /** Ends background probes; what is in flight goes on. */
  stop(): void;
}

export interface EcpdsEngineOptions {
  readonly ecpds: EcpdsConfig;
  readonly protections: SidecarConfig['protections'];
  readonly lists: EcpdsLists;
  readonly clock: Clock;
  readonly observer: CheckObserver;
}

export function createEcpdsEngine(options: EcpdsEngineOptions): EcpdsEngine {
  const { ecpds, protections, lists, clock, observer } = options;
  const { cache } = lists;
  const servers = serversOf(options);
  const policy = ecpds.partial_outage_policy;
  const fetcher = createFetcher(servers, policy, observer);
  const ttlMs = seconds(ecpds.cache_ttl_seconds);
  // What waits for its turn, and then asks, has ended within twice that time (docs/decisions/0031).
  const budgetMs = 2 * seconds(ecpds.request_timeout_seconds);
  const { refresh_ahead: refreshAhead } = protections;
  const refreshAfterMs = refreshAhead === null ? null : ttlMs * refreshAhead.after_ratio;
  return {
    lists,
    checker: createChecker({ cache, fetcher, clock, observer, refreshAfterMs }),
    recheck: createRecheck(fetcher, budgetMs),
    explain: createExplain({ cache, servers, policy, clock, observer, budgetMs }),
    servers: () => servers.map((server) => server.state()),
    stop() {
      for (const server of servers) server.stop();
    },
  };
}

/** No lists yet. @param ttlJitter `protections.ttl_jitter` */
export function newLists(
  ecpds: EcpdsConfig,
  ttlJitter: number,
  client: HttpClient,
  clock: Clock,
): EcpdsLists {
  const cache = new DestinationCache(
    {
      ttlMs: seconds(ecpds.cache_ttl_seconds),
      maxEntries: ecpds.max_entries,
      ttlJitter,
      maxFlightMs: 3 * seconds(ecpds.request_timeout_seconds),
    },
    clock,
  );
  return { client, cache };
}

/** The `ecpds` block in the units of the code; the command line asks servers with the same settings. */
export const serverSettings = (ecpds: EcpdsConfig) => ({
  username: ecpds.username,
  password: ecpds.password,
  targetField: ecpds.target_field,
  requestTimeoutMs: seconds(ecpds.request_timeout_seconds),
});

const seconds = (count: number): number => count * 1000;

function serversOf({ ecpds, protections, lists, clock, observer }: EcpdsEngineOptions): EcpdsServer[] {
  const { circuit_breaker: breaker } = protections;
  const shared = {
    settings: serverSettings(ecpds),
    limits: {
      maxConcurrent: protections.max_concurrent_fetches,
      maxQueued: protections.max_queued_fetches,
    },
    circuit: breaker === null ? null : { failures: breaker.failures, openMs: seconds(breaker.open_seconds) },
    fetch: lists.client.fetch,
    clock,
    observer,
  };
  return ecpds.servers.map((server, index) => new EcpdsServer({ index, server }, shared));
}

/**
 * Which users ECPDS knows by their names: Aviso's own, and those of providers that say so. A pair that names no issuer,
 * but the realm of a provider that does not, is no user of ECPDS's either.
 */
export function ecpdsNamespaces(
  providers: SidecarConfig['identity']['providers'],
): (pair: RecheckPair) => boolean {
  const strangers = providers.filter((provider) => !provider.ecpds_users);
  return ({ issuer, realm }) =>
    issuer === null
      ? !strangers.some((provider) => provider.realm !== undefined && provider.realm === realm)
      : providers.some((provider) => provider.issuer === issuer && provider.ecpds_users);
}
