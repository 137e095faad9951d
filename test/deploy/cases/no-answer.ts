import { growing, of, once, onInstance, onJob, type RuleCase, stays } from './case.js';

const auth = (mode: string, outcome: string, instance?: string): string =>
  of('aviso_auth_requests_total', `mode="${mode}",outcome="${outcome}"`, instance);
const UNANSWERED = of('envoy_http_ext_authz_error', 'envoy_http_conn_manager_prefix="aviso"');
const BUILD = of('aviso_authz_build_info', 'version="1.0.0"');

export const NO_ANSWER_CASES: readonly RuleCase[] = [
  {
    alert: 'AvisoAuthOTronUnavailable',
    name: 'auth-o-tron answers nobody, on two processes',
    series: {
      [auth('direct', 'service_unavailable')]: growing(1),
      [auth('direct', 'service_unavailable', 'j')]: growing(1),
      [auth('direct', 'success')]: growing(0),
    },
    at: '10m',
    fires: onJob('Some 10 requests got 503 in five minutes: auth-o-tron'),
  },
  {
    alert: 'AvisoAuthOTronUnavailable',
    name: 'a few requests that auth-o-tron did not answer',
    series: { [auth('direct', 'service_unavailable')]: '0x3 2x2 5x50' },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoAuthOTronUnavailable',
    name: 'the keys of a provider are the trouble',
    series: { [auth('jwks', 'service_unavailable')]: growing(9), [auth('direct', 'success')]: growing(1) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoAuthOTronUnavailable',
    name: 'one in twenty is not answered',
    series: {
      [auth('direct', 'service_unavailable')]: growing(3),
      [auth('direct', 'success')]: growing(57),
    },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoAuthzUnanswered',
    name: 'Envoy gets no answer',
    series: { [UNANSWERED]: growing(2) },
    at: '10m',
    fires: onJob('Envoy got no usable answer to some 10 checks in five minutes'),
  },
  {
    alert: 'AvisoAuthzUnanswered',
    name: 'three checks during a restart',
    series: { [UNANSWERED]: once(3) },
    at: '8m',
    fires: [],
  },
  {
    alert: 'AvisoAuthzUnanswered',
    name: 'another listener of the same Envoy, with an authorizer of its own',
    series: { [of('envoy_http_ext_authz_error', 'envoy_http_conn_manager_prefix="other"')]: growing(9) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoAuthzDown',
    name: 'one process of two is away',
    series: {
      [of('up')]: '1x5 0x50',
      [BUILD]: '1x5 _x50',
      [of('up', '', 'j')]: stays(1),
      [of('aviso_authz_build_info', 'version="1.0.0"', 'j')]: stays(1),
    },
    at: '9m',
    fires: onInstance('i has stopped answering on its admin listener'),
  },
  {
    alert: 'AvisoAuthzDown',
    name: 'another program is away',
    series: { [of('up', '', 'database')]: stays(0), [of('up')]: stays(1), [BUILD]: stays(1) },
    at: '9m',
    fires: [],
  },
  {
    alert: 'AvisoAuthzDown',
    name: 'a restart of one minute',
    series: { [of('up')]: '1x5 0 1x50', [BUILD]: '1x5 _ 1x50' },
    at: '7m',
    fires: [],
  },
  {
    alert: 'AvisoAuthzAbsent',
    name: 'no authorizer at all, for longer than samples stay visible',
    series: { [BUILD]: '1x5 _x50' },
    at: '20m',
    fires: [{ labels: {}, summary: 'No authorizer is there, as far as Prometheus can see' }],
  },
  {
    alert: 'AvisoAuthzAbsent',
    name: 'the last of two is still there',
    series: { [BUILD]: '1x5 _x50', [of('aviso_authz_build_info', 'version="1.0.0"', 'j')]: stays(1) },
    at: '20m',
    fires: [],
  },
];
