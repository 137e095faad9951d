import { growing, of, once, onJob, type RuleCase, type Samples, stays } from './case.js';

const decisions = (outcome: string, instance?: string): string =>
  of('aviso_ecpds_access_decisions_total', `outcome="${outcome}"`, instance);
const users = (instance?: string): string =>
  of('aviso_ecpds_distinct_users', 'outcome="deny_destination"', instance);
const requests = (status: number): string =>
  of('aviso_authz_requests_total', `transport="envoy_http",status="${status}"`);
const skipped = (index: number): string => of('aviso_ecpds_skipped_records_total', `server_index="${index}"`);

const STORM: Samples = {
  [decisions('deny_destination')]: growing(3),
  [decisions('deny_destination', 'j')]: growing(3),
  [decisions('allow')]: growing(10),
};
const MANY = { ...STORM, [users()]: stays(40), [users('j')]: stays(2) };
const FEW = { ...STORM, [users()]: stays(2), [users('j')]: stays(1) };

const denials: readonly RuleCase[] = [
  {
    alert: 'AvisoDeniedManyUsers',
    name: 'many users are denied, over two processes',
    series: MANY,
    at: '10m',
    fires: onJob('Some 30 requests of many users got 403 in five minutes'),
  },
  {
    alert: 'AvisoDeniedManyUsers',
    name: 'nobody counts users',
    series: STORM,
    at: '10m',
    fires: onJob('Some 30 requests of many users got 403 in five minutes'),
  },
  { alert: 'AvisoDeniedManyUsers', name: 'two users in a loop', series: FEW, at: '10m', fires: [] },
  {
    alert: 'AvisoDeniedManyUsers',
    name: 'the usual share of denials on a busy day',
    series: { ...MANY, [decisions('allow')]: growing(60) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoDeniedManyUsers',
    name: 'a few denials, and nothing else, at night',
    series: { [decisions('deny_destination')]: growing(1), [users()]: stays(4) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoDeniedFewUsers',
    name: 'two users in a loop',
    series: FEW,
    at: '10m',
    fires: onJob('Some 30 requests of one or two users got 403 in five minutes'),
  },
  { alert: 'AvisoDeniedFewUsers', name: 'many users are denied', series: MANY, at: '10m', fires: [] },
  {
    alert: 'AvisoDeniedFewUsers',
    name: 'one user who tries three times a minute',
    series: { [decisions('deny_destination')]: growing(3), [users()]: stays(1) },
    at: '10m',
    fires: [],
  },
];

export const REFUSAL_CASES: readonly RuleCase[] = [
  ...denials,
  {
    alert: 'AvisoEcpdsSkippedRecords',
    name: 'one record without the target field',
    series: { [skipped(1)]: once(1), [skipped(0)]: stays(0) },
    at: '7m',
    fires: [
      {
        labels: { job: 'authz', server_index: '1' },
        summary: 'ECPDS server 1 lists active records without the target field',
      },
    ],
  },
  {
    alert: 'AvisoEcpdsSkippedRecords',
    name: 'records that were skipped before, and are no more',
    series: { [skipped(0)]: stays(30) },
    at: '7m',
    fires: [],
  },
  {
    alert: 'AvisoGrantsRevoked',
    name: 'two rights that are gone',
    series: { [of('aviso_ecpds_revoked_grants_total')]: '0x5 2x55' },
    at: '20m',
    fires: onJob('Rights that were gone when their lists were fetched again: about 2'),
  },
  {
    alert: 'AvisoGrantsRevoked',
    name: 'rights that went long ago',
    series: { [of('aviso_ecpds_revoked_grants_total')]: stays(5) },
    at: '20m',
    fires: [],
  },
  {
    alert: 'AvisoMatchKeyMissing',
    name: 'one request without a match key',
    series: { [decisions('deny_match_key_missing')]: once(1) },
    at: '20m',
    fires: onJob('Requests without the match key in 15 minutes: about 1'),
  },
  {
    alert: 'AvisoMatchKeyMissing',
    name: 'every other outcome',
    series: { ...MANY, [decisions('deny_match_key_missing')]: stays(3), [decisions('error')]: growing(1) },
    at: '20m',
    fires: [],
  },
  {
    alert: 'AvisoInternalError',
    name: 'one request that got 500',
    series: { [requests(500)]: once(1), [decisions('error')]: stays(0) },
    at: '20m',
    fires: onJob('Requests that got 500 in 15 minutes: about 1'),
  },
  {
    alert: 'AvisoInternalError',
    name: 'one check that ended in a fault, whatever became of its answer',
    series: { [requests(500)]: stays(0), [decisions('error')]: once(1) },
    at: '20m',
    fires: onJob('Requests that got 500 in 15 minutes: about 1'),
  },
  {
    alert: 'AvisoInternalError',
    name: 'any number of 503',
    series: { [requests(503)]: growing(100), [requests(500)]: stays(2), [decisions('error')]: stays(2) },
    at: '20m',
    fires: [],
  },
];
