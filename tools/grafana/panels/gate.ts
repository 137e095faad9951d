import { BASELINE, UNCHECKED } from '../../../src/triage/thresholds.js';
import { chosen, grown, type Panel } from '../panel.js';

const REQUESTS = 'aviso_authz_requests_total';
const DECISIONS = 'aviso_ecpds_access_decisions_total';

export const QUIET_PANELS: readonly Panel[] = [
  {
    title: 'Event types that are gated',
    says: '0: every read passes that process without a check.',
    queries: [{ expr: chosen('aviso_ecpds_gated_event_types'), legend: '{{instance}}' }],
    unit: 'short',
    redBelow: 1,
  },
  {
    title: 'Reads that passed, and those that a list allowed',
    says: 'Reads that pass while no list allows any: the event types that are read are not those that are gated.',
    queries: [
      { expr: grown(chosen(REQUESTS, 'status="200"'), '1h'), legend: '200' },
      { expr: grown(chosen(DECISIONS, 'outcome="allow"'), '1h'), legend: 'allow' },
      { expr: grown(chosen(DECISIONS, 'outcome="admin_bypass"'), '1h'), legend: 'admin_bypass' },
    ],
    unit: 'short',
  },
];

const { window, times, more } = UNCHECKED;

export const UNCHECKED_READS_PANELS: readonly Panel[] = [
  {
    title: 'Reads at Aviso, and reads that were allowed',
    says: `Over all jobs: what Envoy sent on and what Aviso opened, against what any authorizer allowed. More than ${times} times as many and ${more} more is an open gate.`,
    queries: [
      { expr: `sum (increase(${REQUESTS}{status="200"}[${window}]))`, legend: 'allowed' },
      {
        expr: `sum (increase(envoy_vhost_route_upstream_rq_total{envoy_virtual_host="aviso",envoy_route=~"watch|replay"}[${window}]))`,
        legend: 'sent on by Envoy',
      },
      { expr: `sum (increase(aviso_sse_connections_total[${window}]))`, legend: 'streams of Aviso' },
    ],
    unit: 'short',
  },
  {
    title: 'Reads that Envoy let through unchecked',
    says: 'By Envoy, of any job: its configuration has failure_mode_allow: true. Each is a read without a verdict.',
    queries: [
      {
        expr: 'sum by (instance) (increase(envoy_http_ext_authz_failure_mode_allowed{envoy_http_conn_manager_prefix="aviso"}[5m]))',
        legend: '{{instance}}',
      },
    ],
    unit: 'short',
    redFrom: 1,
  },
];

export const UNUSUAL_PANELS: readonly Panel[] = [
  {
    title: 'Requests in an hour, now and before',
    says: `Far from usual is ${BASELINE.high} times as many as at the same hour of the day and of the week before, or ${BASELINE.low} of them.`,
    queries: [
      { expr: grown(chosen(REQUESTS), BASELINE.window), legend: 'now' },
      { expr: grown(chosen(REQUESTS), BASELINE.window, '', '1d'), legend: 'a day before' },
      { expr: grown(chosen(REQUESTS), BASELINE.window, '', '1w'), legend: 'a week before' },
    ],
    unit: 'short',
  },
];
