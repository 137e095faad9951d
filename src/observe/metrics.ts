import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { BACKGROUND_TASKS } from '../checker/observer.js';
import { FETCH_OUTCOME_LABELS } from '../domain/fetch-outcome.js';
import type { KeyState } from '../domain/key-state.js';
import { TRANSPORTS } from '../domain/request.js';
import type { ServerState } from '../domain/server-state.js';
import { AUTH_MODES } from '../identity/resolver.js';
import { DistinctUsers, MAX_USERS } from './distinct-users.js';
import { createKeySeries, type KeySeries } from './key-series.js';
import { createServerSeries, type ServerSeries } from './server-series.js';
import { Tally } from './tally.js';
import { AUTH_OUTCOMES, CHECK_OUTCOME_LABELS, STATUSES } from './vocabulary.js';

/** Every series of this program (contract section 4, "Series"). Labels are closed sets; all exist from start-up. */
export interface Metrics {
  readonly registry: Registry;
  readonly decisions: Tally<'outcome'>;
  readonly fetches: Tally<'outcome'>;
  readonly cacheHits: Counter;
  readonly cacheMisses: Counter;
  readonly distinctUsers: DistinctUsers;
  readonly authRequests: Tally<'mode' | 'outcome'>;
  readonly requests: Tally<'transport' | 'status'>;
  /** In seconds. */
  readonly requestDuration: Histogram<'transport'>;
  readonly gatedEventTypes: Gauge;
  readonly reloads: Counter<'outcome'>;
  readonly droppedLogLines: Counter;
  readonly keys: KeySeries;
  readonly servers: ServerSeries;
  readonly rejectedFetches: Counter;
  readonly revokedGrants: Counter;
  readonly backgroundErrors: Tally<'task'>;
}

/** The values of `aviso_authz_config_reloads_total{outcome}`. */
const RELOAD_OUTCOMES = ['success', 'failure'] as const;

/** Upper bounds in seconds: from a cached decision to a whole ECPDS budget. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is asked for at each scrape; nothing and nobody where left out. */
export interface MetricSources {
  readonly cacheSize?: () => number;
  readonly keyStates?: () => readonly KeyState[];
  readonly serverStates?: () => readonly ServerState[];
  /** The monotonic clock that the window of distinct users is in, in milliseconds. */
  readonly now?: () => number;
}

export function createMetrics(version: string, sources: MetricSources = {}): Metrics {
  const { cacheSize = () => 0, keyStates = () => [], serverStates = () => [] } = sources;
  const { now = () => performance.now() } = sources;
  const registry = new Registry();
  const registers = [registry];
  const metrics: Metrics = {
    registry,
    decisions: new Tally({
      name: 'aviso_ecpds_access_decisions_total',
      help: 'Decisions of the ECPDS check, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    fetches: new Tally({
      name: 'aviso_ecpds_fetch_total',
      help: 'Fetches that ran, over all ECPDS servers, by merged outcome',
      labelNames: ['outcome'],
      registers,
    }),
    cacheHits: new Counter({
      name: 'aviso_ecpds_cache_hits_total',
      help: 'Checks whose destination list came from the cache',
      registers,
    }),
    cacheMisses: new Counter({
      name: 'aviso_ecpds_cache_misses_total',
      help: 'Checks whose destination list was not in the cache, coalesced waiters included',
      registers,
    }),
    distinctUsers: new DistinctUsers(now),
    authRequests: new Tally({
      name: 'aviso_auth_requests_total',
      help: 'Requests with credentials, by how they were judged',
      labelNames: ['mode', 'outcome'],
      registers,
    }),
    requests: new Tally({
      name: 'aviso_authz_requests_total',
      help: 'Authorization requests, by the status their answer means to the client',
      labelNames: ['transport', 'status'],
      registers,
    }),
    requestDuration: new Histogram({
      name: 'aviso_authz_request_duration_seconds',
      help: 'Time from reading an authorization request to its decision',
      labelNames: ['transport'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    gatedEventTypes: new Gauge({
      name: 'aviso_ecpds_gated_event_types',
      help: 'Event types gated by destination; zero means that nothing is checked',
      registers,
    }),
    reloads: new Counter({
      name: 'aviso_authz_config_reloads_total',
      help: 'Configurations that were loaded while running, by whether they were taken over',
      labelNames: ['outcome'],
      registers,
    }),
    droppedLogLines: new Counter({
      name: 'aviso_authz_log_lines_dropped_total',
      help: 'Log lines that found no room because nobody reads the log fast enough',
      registers,
    }),
    keys: createKeySeries(registry, keyStates),
    servers: createServerSeries(registry, serverStates),
    rejectedFetches: new Counter({
      name: 'aviso_ecpds_fetch_rejected_total',
      help: 'Lists not fetched because max_queued_fetches was reached; not in aviso_ecpds_fetch_total',
      registers,
    }),
    revokedGrants: new Counter({
      name: 'aviso_ecpds_revoked_grants_total',
      help: 'Destinations granted from a list that the one fetched behind it does not hold any more',
      registers,
    }),
    backgroundErrors: new Tally({
      name: 'aviso_authz_background_errors_total',
      help: 'Bugs met by what no request waits for',
      labelNames: ['task'],
      registers,
    }),
  };
  registerCacheSize(registry, cacheSize);
  registerDistinctUsers(registry, metrics.distinctUsers);
  registerBuildInfo(registry, version);
  collectDefaultMetrics({ register: registry });
  startAtZero(metrics);
  return metrics;
}

function registerCacheSize(registry: Registry, cacheSize: () => number): void {
  new Gauge({
    name: 'aviso_ecpds_cache_size',
    help: 'Destination lists held in the cache',
    registers: [registry],
    collect() {
      this.set(cacheSize());
    },
  });
}

function registerDistinctUsers(registry: Registry, users: DistinctUsers): void {
  new Gauge({
    name: 'aviso_ecpds_distinct_users',
    help: `Distinct users of the last five minutes, by outcome of the check; exact up to ${MAX_USERS}, where it stays`,
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      for (const outcome of CHECK_OUTCOME_LABELS) this.set({ outcome }, users.count(outcome));
    },
  });
}

function registerBuildInfo(registry: Registry, version: string): void {
  const labelNames = ['version'];
  const help = 'Constant 1; the version is in the label';
  new Gauge({ name: 'aviso_authz_build_info', help, labelNames, registers: [registry] }).set({ version }, 1);
}

function startAtZero(metrics: Metrics): void {
  for (const task of BACKGROUND_TASKS) metrics.backgroundErrors.start({ task });
  for (const outcome of CHECK_OUTCOME_LABELS) metrics.decisions.start({ outcome });
  for (const outcome of FETCH_OUTCOME_LABELS) metrics.fetches.start({ outcome });
  for (const outcome of RELOAD_OUTCOMES) metrics.reloads.inc({ outcome }, 0);
  for (const mode of AUTH_MODES) {
    for (const outcome of AUTH_OUTCOMES) metrics.authRequests.start({ mode, outcome });
  }
  for (const transport of TRANSPORTS) {
    metrics.requestDuration.zero({ transport });
    for (const status of STATUSES) metrics.requests.start({ transport, status });
  }
}
