import { all, grew } from '../promql.js';
import type { Alert } from '../symptom.js';
import { STORM_SECONDS, STORMS } from '../thresholds.js';

const { window, atLeast, share } = STORMS.auth_o_tron;
const NO_IDENTITY = grew('aviso_auth_requests_total{mode="direct",outcome="service_unavailable"}', window);

export const AUTH_O_TRON_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoAuthOTronUnavailable',
    expr: all(
      `${NO_IDENTITY} >= ${atLeast}`,
      `${NO_IDENTITY} > ${share} * ${grew('aviso_auth_requests_total{mode="direct"}', window)}`,
    ),
    forSeconds: STORM_SECONDS,
    severity: 'page',
    summary: 'Some {{ $value | printf "%.0f" }} requests got 503 in five minutes: auth-o-tron',
    description: 'Nobody can be identified, users with a cached list included. ECPDS is not the cause.',
    why: `${atLeast} in five minutes, so that one request at night is none, and a tenth of all.`,
  },
];

export const NO_ANSWER_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoAuthzUnanswered',
    expr: `${grew('envoy_http_ext_authz_error{envoy_http_conn_manager_prefix="aviso"}', '5m')} >= 5`,
    forSeconds: STORM_SECONDS,
    severity: 'page',
    summary: 'Envoy got no usable answer to some {{ $value | printf "%.0f" }} checks in five minutes',
    description: 'The authorizer is down, hangs, or cannot be reached. Clients get 503 from Envoy.',
    why: 'Five in five minutes: a restart without a second process costs fewer, or is over in two minutes.',
  },
  {
    name: 'AvisoAuthzDown',
    expr: 'up == 0 and on (job, instance) last_over_time(aviso_authz_build_info[1h])',
    forSeconds: 120,
    severity: 'incident',
    summary: '{{ $labels.instance }} has stopped answering on its admin listener',
    description:
      'The process ended or hangs, or the way to it is cut. If it was the only one, all reads are 503.',
    why: 'Two minutes are longer than a restart. Known by what it exported within the hour, so that no job has to be named.',
  },
  {
    name: 'AvisoAuthzAbsent',
    expr: 'absent(aviso_authz_build_info)',
    forSeconds: 300,
    severity: 'page',
    summary: 'No authorizer is there, as far as Prometheus can see',
    description: 'Every read is 503, or Prometheus has lost its target; no other alert here can fire.',
    why: 'Five minutes: the last one scraped stays visible for as long.',
  },
];
