import { all, grew, unless } from '../promql.js';
import type { Alert } from '../symptom.js';
import { UNCHECKED } from '../thresholds.js';

const NO_ALLOWS = all(
  `${grew('aviso_authz_requests_total{status="200"}', '1h')} - ${grew('aviso_ecpds_access_decisions_total{outcome="admin_bypass"}', '1h')} >= 20`,
  `${grew('aviso_ecpds_access_decisions_total{outcome="allow"}', '1h')} == 0`,
);

export const QUIET_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoNothingGated',
    expr: `${grew('aviso_authz_requests_total', '15m', 'job, instance')} >= 10\nand on (job, instance) aviso_ecpds_gated_event_types == 0`,
    forSeconds: 300,
    severity: 'incident',
    summary: '{{ $labels.instance }} is asked, and gates no event type at all',
    description:
      'Every read passes that process without a check. It was not given the overlay that names the plugin.',
    why: 'Ten requests: it is asked. A process that nobody asks yet may be on its way to its configuration.',
  },
  {
    name: 'AvisoNoAllows',
    expr: unless(NO_ALLOWS, 'max by (job) (aviso_ecpds_gated_event_types) == 0'),
    forSeconds: 900,
    severity: 'ticket',
    summary: 'Some {{ $value | printf "%.0f" }} reads passed in an hour, and none of them by a list of ECPDS',
    description:
      'The event types that are read are not those that are gated, or ECPDS is not asked for them.',
    why: 'Twenty in an hour, those of admins aside. Where nearly all event types are public it may be right: raise it there.',
  },
];

const { window, times, more } = UNCHECKED;
const ALLOWED = `sum(increase(aviso_authz_requests_total{status="200"}[${window}]))`;
const WHY_UNCHECKED = `${Math.round((times - 1) * 100)} % and ${more} more than were allowed, because scrapes are not simultaneous; longer than the window, because a restart loses what it counted since its last scrape. Over all jobs: with several gateways in one Prometheus, sum by a label that tells them apart.`;

/** More of `counter` than the authorizer allowed. */
const beyondAllowed = (counter: string): string =>
  `sum(increase(${counter}[${window}]))\n> ${times} * (${ALLOWED} or vector(0)) + ${more}`;

export const UNCHECKED_READS_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoProxyFailsOpen',
    expr: `${grew('envoy_http_ext_authz_failure_mode_allowed{envoy_http_conn_manager_prefix="aviso"}', '5m', 'job, instance')} > 0`,
    forSeconds: 0,
    severity: 'page',
    summary: 'Envoy {{ $labels.instance }} lets reads through that nobody has checked',
    description:
      'The configuration of Envoy has failure_mode_allow: true, and the authorizer does not answer.',
    why: 'Any: each is a read without a verdict.',
  },
  {
    name: 'AvisoReadsPastTheCheck',
    expr: beyondAllowed(
      'envoy_vhost_route_upstream_rq_total{envoy_virtual_host="aviso",envoy_route=~"watch|replay"}',
    ),
    forSeconds: 1200,
    severity: 'page',
    summary: 'Envoy sent some {{ $value | printf "%.0f" }} reads to Aviso, more than were allowed',
    description:
      'The check is missing on a gated route, fails open, or something else answers on the address of the authorizer.',
    why: WHY_UNCHECKED,
  },
  {
    name: 'AvisoStreamsPastTheCheck',
    expr: beyondAllowed('aviso_sse_connections_total'),
    forSeconds: 1200,
    severity: 'page',
    summary: 'Aviso opened some {{ $value | printf "%.0f" }} streams, more than were allowed',
    description:
      'Clients reach Aviso past the proxy, or the proxy does not ask. Is the port of Aviso open to others?',
    why: WHY_UNCHECKED,
  },
];
