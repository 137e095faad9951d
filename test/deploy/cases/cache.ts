import { growing, of, onInstance, onJob, type RuleCase, type Samples, stays } from './case.js';

const misses = of('aviso_ecpds_cache_misses_total');
const hits = of('aviso_ecpds_cache_hits_total');
const size = of('aviso_ecpds_cache_size');
const started = of('process_start_time_seconds');
const users = (outcome: string): string => of('aviso_ecpds_distinct_users', `outcome="${outcome}"`);
const bucket = (le: string): string =>
  of('aviso_authz_request_duration_seconds_bucket', `transport="envoy_http",le="${le}"`);
const count = of('aviso_authz_request_duration_seconds_count', 'transport="envoy_http"');

/** promtool's clock starts at 0: a process of an hour before. */
const LONG_AGO = stays(-3600);

const MISSING: Samples = { [misses]: growing(20), [hits]: growing(5), [started]: LONG_AGO };
const FULL: Samples = { ...MISSING, [size]: stays(9900) };
const CROWD: Samples = {
  ...MISSING,
  [size]: stays(4000),
  [users('allow')]: stays(480),
  [users('deny_destination')]: stays(30),
  [users('unavailable')]: stays(0),
};
const fullOf = (name: string, series: Samples): RuleCase => ({
  alert: 'AvisoCacheFull',
  name,
  series,
  at: '40m',
  fires: [],
});

export const CACHE_CASES: readonly RuleCase[] = [
  {
    alert: 'AvisoCacheFull',
    name: 'a full cache, and four misses for each hit',
    series: FULL,
    at: '40m',
    fires: onInstance('The cache of i is full, and most checks ask ECPDS'),
  },
  fullOf('a full cache that helps', { ...FULL, [hits]: growing(10) }),
  fullOf('misses, with room in the cache: users who come back once an hour', { ...FULL, [size]: stays(900) }),
  fullOf('a process that started a moment ago and is filling its cache', { ...FULL, [started]: stays(1000) }),
  fullOf('a full cache at night', { ...FULL, [misses]: growing(1), [hits]: stays(0) }),
  {
    alert: 'AvisoCacheManyUsers',
    name: 'very many users within five minutes, for half an hour',
    series: CROWD,
    at: '40m',
    fires: onInstance('Most checks of i ask ECPDS, for very many users'),
  },
  {
    alert: 'AvisoCacheManyUsers',
    name: 'as many as come back once an hour on a large site',
    series: { ...CROWD, [users('allow')]: stays(420) },
    at: '40m',
    fires: [],
  },
  {
    alert: 'AvisoCacheManyUsers',
    name: 'five thousand who come back at once, after a restart of Aviso',
    series: {
      ...CROWD,
      [misses]: '0x20 2500 5000x40',
      [hits]: stays(0),
      [users('allow')]: '20x20 2500 5000x4 20x30',
    },
    at: '30m',
    fires: [],
  },
  {
    alert: 'AvisoCacheManyUsers',
    name: 'a cold start of this process',
    series: { ...CROWD, [started]: stays(1000) },
    at: '40m',
    fires: [],
  },
  {
    alert: 'AvisoChecksSlow',
    name: 'one check in five takes longer than five seconds',
    series: { [bucket('5')]: growing(8), [bucket('+Inf')]: growing(10), [count]: growing(10) },
    at: '30m',
    fires: onJob('Some 20 checks took longer than 5 s in ten minutes'),
  },
  {
    alert: 'AvisoChecksSlow',
    name: 'one check in twenty',
    series: { [bucket('5')]: growing(95), [bucket('+Inf')]: growing(100), [count]: growing(100) },
    at: '30m',
    fires: [],
  },
  {
    alert: 'AvisoChecksSlow',
    name: 'a few checks at night, all of them slow',
    series: { [bucket('5')]: stays(0), [count]: '0x20 3x5 6x30' },
    at: '30m',
    fires: [],
  },
];
