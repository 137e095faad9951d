import { CACHE, SLOW } from '../../../src/triage/thresholds.js';
import { chosen, grown, type Panel } from '../panel.js';

const MISSES = grown(chosen('aviso_ecpds_cache_misses_total'), CACHE.window);
const HITS = grown(chosen('aviso_ecpds_cache_hits_total'), CACHE.window);

/** A quantile of a histogram, in seconds. */
const quantile = (share: number, histogram: string, window: string, by = 'le'): string =>
  `histogram_quantile(${share}, sum by (${by}) (increase(${chosen(`${histogram}_bucket`)}[${window}])))`;

export const SLOW_PANELS: readonly Panel[] = [
  {
    title: 'Hits and misses of the cache',
    says: 'Misses alone say little: who comes back after cache_ttl_seconds is always one.',
    queries: [
      { expr: MISSES, legend: 'misses' },
      { expr: HITS, legend: 'hits' },
    ],
    unit: 'short',
  },
  {
    title: 'Misses for each hit',
    says: `From ${CACHE.missesPerHit} on, with ${CACHE.atLeastMisses} misses in ${CACHE.window}, the cache hardly helps; not in the first ${CACHE.coldSeconds / 60} minutes of a process.`,
    queries: [{ expr: `${MISSES} / clamp_min(${HITS}, 1)`, legend: 'misses per hit' }],
    unit: 'short',
    redFrom: CACHE.missesPerHit,
  },
  {
    title: 'Lists in the cache',
    says: `Red is 95 % of max_entries as shipped (10000). When misses dominate as well, raise it.`,
    queries: [{ expr: chosen('aviso_ecpds_cache_size'), legend: '{{instance}}' }],
    unit: 'short',
    redFrom: CACHE.nearlyFull,
  },
  {
    title: 'Time of a decision',
    says: `From ${SLOW.seconds} s on it is slow: that is the time for a connection, and a sixth of the whole time-out.`,
    queries: [
      { expr: quantile(0.5, 'aviso_authz_request_duration_seconds', SLOW.window), legend: 'half of all' },
      { expr: quantile(0.99, 'aviso_authz_request_duration_seconds', SLOW.window), legend: '99 of 100' },
    ],
    unit: 's',
    redFrom: SLOW.seconds,
  },
  {
    title: 'Time of a call to ECPDS',
    says: '99 of 100 calls took no longer, by server: which one is slow.',
    queries: [
      {
        expr: quantile(0.99, 'aviso_ecpds_fetch_duration_seconds', SLOW.window, 'le, server_index'),
        legend: 'server {{server_index}}',
      },
    ],
    unit: 's',
    redFrom: SLOW.seconds,
  },
];

export const STALE_CONFIGURATION_PANELS: readonly Panel[] = [
  {
    title: 'Configurations that were not taken over',
    says: 'The old settings hold, but the next start with these files will end with exit code 2.',
    queries: [
      {
        expr: grown(chosen('aviso_authz_config_reloads_total', 'outcome="failure"'), '1h', 'instance'),
        legend: '{{instance}}',
      },
    ],
    unit: 'short',
    redFrom: 1,
  },
  {
    title: 'Processes by version',
    says: 'More than one version for longer than a roll-out takes: something did not start.',
    queries: [{ expr: `count by (version) (${chosen('aviso_authz_build_info')})`, legend: '{{version}}' }],
    unit: 'short',
    stacked: true,
  },
];

export const LOST_LOG_LINES_PANELS: readonly Panel[] = [
  {
    title: 'Log lines that were lost',
    says: 'Nobody reads the log fast enough. Decisions are not affected; counting users in it is.',
    queries: [
      {
        expr: grown(chosen('aviso_authz_log_lines_dropped_total'), '15m', 'instance'),
        legend: '{{instance}}',
      },
    ],
    unit: 'short',
    redFrom: 1,
  },
];

/** Three quarters of `max_stale_seconds` as shipped (86400), as in the alert. */
const OLD_SECONDS = 64_800;

export const KEY_PANELS: readonly Panel[] = [
  {
    title: 'Usable keys by provider',
    says: '0: the users of that provider get 503. Users of other providers are served.',
    queries: [{ expr: `min by (oidc_provider) (${chosen('aviso_jwks_keys')})`, legend: '{{oidc_provider}}' }],
    unit: 'short',
    redBelow: 1,
  },
  {
    title: 'Processes with old keys',
    says: 'The last attempt to fetch them failed, and the old ones are in use. Do not start a rotation of signing keys.',
    queries: [
      { expr: `sum by (oidc_provider) (${chosen('aviso_jwks_stale')})`, legend: '{{oidc_provider}}' },
    ],
    unit: 'short',
    redFrom: 1,
  },
  {
    title: 'Age of the keys',
    says: 'Red is three quarters of max_stale_seconds as shipped (86400 s), at which they expire.',
    queries: [
      { expr: `max by (oidc_provider) (${chosen('aviso_jwks_age_seconds')})`, legend: '{{oidc_provider}}' },
    ],
    unit: 's',
    redFrom: OLD_SECONDS,
  },
  {
    title: 'Processes that wait for their first keys',
    says: 'They are not ready. Do not restart or roll out what is still ready.',
    queries: [
      { expr: `sum by (oidc_provider) (${chosen('aviso_jwks_waiting')})`, legend: '{{oidc_provider}}' },
    ],
    unit: 'short',
    redFrom: 1,
  },
  {
    title: 'Attempts to fetch keys',
    says: 'How they ended, by provider.',
    queries: [
      {
        expr: grown(chosen('aviso_jwks_fetch_total'), '1h', 'oidc_provider, outcome'),
        legend: '{{oidc_provider}}: {{outcome}}',
      },
    ],
    unit: 'short',
    stacked: true,
  },
  {
    title: 'Requests that no key was there for',
    says: 'Tokens of providers that got 503.',
    queries: [
      {
        expr: grown(chosen('aviso_auth_requests_total', 'mode="jwks",outcome="service_unavailable"'), '5m'),
        legend: 'service_unavailable',
      },
    ],
    unit: 'short',
    redFrom: 5,
  },
];
