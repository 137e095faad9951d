import { FEW_USERS, STORMS } from '../../../src/triage/thresholds.js';
import { chosen, grown, type Panel, shareOf } from '../panel.js';

const DECISIONS = 'aviso_ecpds_access_decisions_total';
const { window, atLeast, share } = STORMS.unavailable;
const UNAVAILABLE = grown(chosen(DECISIONS, 'outcome="unavailable"'), window);

export const NO_VERDICT_PANELS: readonly Panel[] = [
  {
    title: 'Fetches by outcome',
    says: 'The outcome that dominates names the cause: http_401 and http_403 the service account, http_4xx a wrong URL or rate limiting, invalid_response a changed answer, http_5xx ECPDS itself, unreachable the server, the network or a certificate.',
    queries: [{ expr: grown(chosen('aviso_ecpds_fetch_total'), window, 'outcome'), legend: '{{outcome}}' }],
    unit: 'short',
    stacked: true,
  },
  {
    title: 'Checks without a verdict',
    says: `A storm is ${atLeast} in ${window} and a share of ${share * 100} %.`,
    queries: [{ expr: UNAVAILABLE, legend: 'unavailable' }],
    unit: 'short',
    redFrom: atLeast,
  },
  {
    title: 'Share of checks without a verdict',
    says: `A storm is ${atLeast} in ${window} and a share of ${share * 100} %.`,
    queries: [{ expr: shareOf(UNAVAILABLE, grown(chosen(DECISIONS), window)), legend: 'unavailable' }],
    unit: 'percentunit',
    redFrom: share,
  },
  {
    title: 'Users without a verdict',
    says: `Up to ${FEW_USERS} are clients in a loop, more are a crowd.`,
    queries: [
      { expr: `max (${chosen('aviso_ecpds_distinct_users', 'outcome="unavailable"')})`, legend: 'users' },
    ],
    unit: 'short',
    redFrom: FEW_USERS + 1,
  },
  {
    title: 'ECPDS servers that answer',
    says: 'Section "When one server of several is away". 0: the last call of some process was a failure. Servers count from 0, in the order of the configuration.',
    queries: [
      {
        expr: `min by (server_index) (${chosen('aviso_ecpds_server_up')})`,
        legend: 'server {{server_index}}',
      },
    ],
    unit: 'short',
    redBelow: 1,
  },
  {
    title: 'Circuits that are open',
    says: 'Section "When one server of several is away". How many processes do not ask a server and only probe it.',
    queries: [
      {
        expr: `sum by (server_index) (${chosen('aviso_ecpds_circuit_open')})`,
        legend: 'server {{server_index}}',
      },
    ],
    unit: 'short',
    redFrom: 1,
  },
  {
    title: 'Calls to ECPDS that run and wait',
    says: 'When calls wait, ECPDS is slower than lists are asked for.',
    queries: [
      {
        expr: `sum by (server_index) (${chosen('aviso_ecpds_fetches_in_flight')})`,
        legend: 'server {{server_index}}: in flight',
      },
      {
        expr: `sum by (server_index) (${chosen('aviso_ecpds_fetches_queued')})`,
        legend: 'server {{server_index}}: queued',
      },
    ],
    unit: 'short',
  },
  {
    title: 'Fetches not begun',
    says: 'Users get 503 at once, because too many wait for ECPDS already.',
    queries: [{ expr: grown(chosen('aviso_ecpds_fetch_rejected_total'), window), legend: 'rejected' }],
    unit: 'short',
    redFrom: 1,
  },
];

const AUTH = STORMS.auth_o_tron;
export const AUTH_O_TRON_PANELS: readonly Panel[] = [
  {
    title: 'Answers of auth-o-tron',
    says: `service_unavailable: it does not answer, is too slow, or answers something else. A storm is ${AUTH.atLeast} in ${AUTH.window} and a share of ${AUTH.share * 100} %. ECPDS is not the cause.`,
    queries: [
      {
        expr: grown(chosen('aviso_auth_requests_total', 'mode="direct"'), AUTH.window, 'outcome'),
        legend: '{{outcome}}',
      },
    ],
    unit: 'short',
  },
  {
    title: 'Requests without an answer of auth-o-tron',
    says: `From ${AUTH.atLeast} in ${AUTH.window} on it is a storm.`,
    queries: [
      {
        expr: grown(
          chosen('aviso_auth_requests_total', 'mode="direct",outcome="service_unavailable"'),
          AUTH.window,
        ),
        legend: 'service_unavailable',
      },
    ],
    unit: 'short',
    redFrom: AUTH.atLeast,
  },
];

export const NO_ANSWER_PANELS: readonly Panel[] = [
  {
    title: 'Processes that answer Prometheus',
    says: '0: the process has ended or hangs, or the way to it is cut.',
    queries: [
      {
        expr: `${chosen('up')} and on (job, instance) last_over_time(aviso_authz_build_info[1h])`,
        legend: '{{instance}}',
      },
    ],
    unit: 'short',
    redBelow: 1,
  },
  {
    title: 'Checks that Envoy got no usable answer to',
    says: 'By Envoy, of any job: the authorizer is down, hangs, or cannot be reached. Clients get 503 from Envoy.',
    queries: [
      {
        expr: 'sum by (instance) (increase(envoy_http_ext_authz_error{envoy_http_conn_manager_prefix="aviso"}[5m]))',
        legend: '{{instance}}',
      },
    ],
    unit: 'short',
    redFrom: 5,
  },
];
