import { all, grew } from '../promql.js';
import type { Alert } from '../symptom.js';
import { CACHE, SLOW } from '../thresholds.js';

const MISSES = grew('aviso_ecpds_cache_misses_total', CACHE.window, 'job, instance');
const HITS = grew('aviso_ecpds_cache_hits_total', CACHE.window, 'job, instance');

/** Many misses, few hits, and the process is old enough to have filled its cache. */
const thrashing = (condition: string): string =>
  [
    all(`${MISSES} >= ${CACHE.atLeastMisses}`, `${MISSES} > ${CACHE.missesPerHit} * ${HITS}`),
    `on (job, instance) ${condition}`,
    `on (job, instance) time() - process_start_time_seconds > ${CACHE.coldSeconds}`,
  ].join('\nand ');

const WHY = `${CACHE.atLeastMisses} misses in 15 minutes, ${CACHE.missesPerHit} for each hit. Not in the first half hour of a process, nor for the 15 minutes after everybody came back: a cold cache is none that thrashes. Misses alone are not enough: who comes back after cache_ttl_seconds is always one.`;

const SLOW_CHECKS = `${grew('aviso_authz_request_duration_seconds_count', SLOW.window)} - ${grew(
  `aviso_authz_request_duration_seconds_bucket{le="${SLOW.seconds}"}`,
  SLOW.window,
)}`;

export const SLOW_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoCacheFull',
    expr: thrashing(`aviso_ecpds_cache_size >= ${CACHE.nearlyFull}`),
    forSeconds: 900,
    severity: 'ticket',
    summary: 'The cache of {{ $labels.instance }} is full, and most checks ask ECPDS',
    description: 'Lists are dropped before they are used again. Raise max_entries, and this rule with it.',
    why: `${WHY} ${CACHE.nearlyFull} is 95 % of max_entries as shipped (10000): change both together.`,
  },
  {
    name: 'AvisoCacheManyUsers',
    expr: thrashing(
      `sum by (job, instance) (aviso_ecpds_distinct_users{outcome=~"allow|deny_destination"}) >= ${CACHE.manyUsers}`,
    ),
    forSeconds: 900,
    severity: 'ticket',
    summary: 'Most checks of {{ $labels.instance }} ask ECPDS, for very many users',
    description:
      'Either streams end and come back too often, or cache_ttl_seconds is short for that many users.',
    why: `${WHY} ${CACHE.manyUsers} users in five minutes: 5,000 who each come back once an hour are 420.`,
  },
  {
    name: 'AvisoChecksSlow',
    expr: all(
      `${SLOW_CHECKS} >= ${SLOW.atLeast}`,
      `${SLOW_CHECKS} > ${SLOW.share} * ${grew('aviso_authz_request_duration_seconds_count', SLOW.window)}`,
    ),
    forSeconds: 300,
    severity: 'ticket',
    summary: `Some {{ $value | printf "%.0f" }} checks took longer than ${SLOW.seconds} s in ten minutes`,
    description: 'ECPDS or auth-o-tron is slow. Nobody is refused yet; at the time-out it is 503.',
    why: `A tenth of all and ${SLOW.atLeast}: ${SLOW.seconds} s is the time for a connection, and a sixth of the whole time-out.`,
  },
];
