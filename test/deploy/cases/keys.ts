import { growing, of, onJob, type RuleCase, type Samples, stays } from './case.js';

const key = (name: string, provider = 'Gitlab', instance?: string): string =>
  of(`aviso_jwks_${name}`, `oidc_provider="${provider}"`, instance);
const refused = (mode: string): string =>
  of('aviso_auth_requests_total', `mode="${mode}",outcome="service_unavailable"`);

const onProvider = (summary: string): RuleCase['fires'] => [
  { labels: { job: 'authz', instance: 'i', oidc_provider: 'Gitlab' }, summary },
];
const WELL: Samples = {
  [key('stale')]: stays(0),
  [key('keys')]: stays(2),
  [key('age_seconds')]: '0+60x60',
  [key('waiting')]: stays(0),
};
const OLD: Samples = { ...WELL, [key('stale')]: stays(1), [key('stale', 'CustomersDot')]: stays(0) };
const well = (alert: string): RuleCase => ({
  alert,
  name: 'everything is well',
  series: WELL,
  at: '20m',
  fires: [],
});

export const KEY_CASES: readonly RuleCase[] = [
  ...['AvisoOldKeysKept', 'AvisoOldKeysExpireSoon', 'AvisoNoKeys', 'AvisoNotReadyForKeys'].map(well),
  {
    alert: 'AvisoOldKeysKept',
    name: 'one provider fails with old keys, the other does not',
    series: OLD,
    at: '6m',
    fires: onProvider('Keys of Gitlab cannot be refreshed on i; the old ones are in use'),
  },
  { alert: 'AvisoOldKeysKept', name: 'for four minutes', series: OLD, at: '4m', fires: [] },
  {
    alert: 'AvisoOldKeysKept',
    name: 'a single failure',
    series: { ...WELL, [key('stale')]: '0 1 1 0x50' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'AvisoOldKeysKept',
    name: 'there are no old keys',
    series: { ...OLD, [key('keys')]: stays(0) },
    at: '20m',
    fires: [],
  },
  {
    alert: 'AvisoOldKeysExpireSoon',
    name: 'old keys near their end',
    series: { ...OLD, [key('age_seconds')]: '64801+60x20' },
    at: '6m',
    fires: onProvider('Keys of Gitlab on i are about to expire'),
  },
  {
    alert: 'AvisoOldKeysExpireSoon',
    name: 'keys as old, of a provider that answers',
    series: { ...WELL, [key('age_seconds')]: '64801+60x20' },
    at: '6m',
    fires: [],
  },
  {
    alert: 'AvisoNoKeys',
    name: 'no keys',
    series: { ...OLD, [key('keys')]: stays(0) },
    at: '2m',
    fires: onProvider('No keys of Gitlab on i: its users get 503 there'),
  },
  {
    alert: 'AvisoNotReadyForKeys',
    name: 'new processes that wait',
    series: {
      [key('waiting')]: stays(1),
      [key('waiting', 'Gitlab', 'j')]: stays(1),
      [key('waiting', 'CustomersDot', 'k')]: stays(0),
    },
    at: '3m',
    fires: [
      {
        labels: { job: 'authz', oidc_provider: 'Gitlab' },
        summary: '2 processes wait for the first keys of Gitlab and are not ready',
      },
    ],
  },
  {
    alert: 'AvisoKeyUsersRefused',
    name: 'users of a provider get 503',
    series: { [refused('jwks')]: growing(2) },
    at: '10m',
    fires: onJob('Some 10 requests got 503 in five minutes: keys of a provider'),
  },
  {
    alert: 'AvisoKeyUsersRefused',
    name: 'three tokens of a key that was just published, and an outage of auth-o-tron',
    series: { [refused('jwks')]: '0x5 3x50', [refused('direct')]: growing(9) },
    at: '8m',
    fires: [],
  },
];
