import { growing, of, onInstance, onJob, type RuleCase, type Samples, stays } from './case.js';

const allowed = (instance?: string): string =>
  of('aviso_authz_requests_total', 'transport="envoy_http",status="200"', instance);
const decisions = (outcome: string): string =>
  of('aviso_ecpds_access_decisions_total', `outcome="${outcome}"`);
const gated = (instance?: string): string => of('aviso_ecpds_gated_event_types', '', instance);
const failedOpen = (instance: string): string =>
  of('envoy_http_ext_authz_failure_mode_allowed', 'envoy_http_conn_manager_prefix="aviso"', instance);
const route = (name: string): string =>
  of('envoy_vhost_route_upstream_rq_total', `envoy_virtual_host="aviso",envoy_route="${name}"`, 'envoy');
const streams = (event: string): string =>
  `aviso_sse_connections_total{job="aviso",instance="g",route="/api/v1/watch",event_type="${event}"}`;

const QUIET: Samples = {
  [allowed()]: growing(1),
  [decisions('allow')]: stays(4),
  [decisions('admin_bypass')]: stays(0),
  [gated()]: stays(1),
};

const quiet: readonly RuleCase[] = [
  {
    alert: 'AvisoNothingGated',
    name: 'one process of two was not given the overlay',
    series: {
      [gated()]: stays(0),
      [allowed()]: growing(1),
      [gated('j')]: stays(2),
      [allowed('j')]: growing(1),
    },
    at: '30m',
    fires: onInstance('i is asked, and gates no event type at all'),
  },
  {
    alert: 'AvisoNothingGated',
    name: 'nothing is gated, and hardly anybody asks',
    series: { [gated()]: stays(0), [allowed()]: '0x10 3x50' },
    at: '30m',
    fires: [],
  },
  {
    alert: 'AvisoNothingGated',
    name: 'something is gated',
    series: { [gated()]: stays(1), [allowed()]: growing(9) },
    at: '30m',
    fires: [],
  },
  {
    alert: 'AvisoNoAllows',
    name: 'reads pass, and none by a list',
    series: QUIET,
    at: '60m',
    fires: onJob('Some 60 reads passed in an hour, and none of them by a list of ECPDS'),
  },
  {
    alert: 'AvisoNoAllows',
    name: 'one read passed by a list',
    series: { ...QUIET, [decisions('allow')]: '4x30 5x30' },
    at: '60m',
    fires: [],
  },
  {
    alert: 'AvisoNoAllows',
    name: 'all who read are admins',
    series: { ...QUIET, [decisions('admin_bypass')]: growing(1) },
    at: '60m',
    fires: [],
  },
  {
    alert: 'AvisoNoAllows',
    name: 'nothing is gated at all, which has an alert of its own',
    series: { ...QUIET, [gated()]: stays(0) },
    at: '60m',
    fires: [],
  },
  {
    alert: 'AvisoNoAllows',
    name: 'a quiet night',
    series: { ...QUIET, [allowed()]: '0x20 5x20 9x20' },
    at: '60m',
    fires: [],
  },
];

export const GATE_CASES: readonly RuleCase[] = [
  ...quiet,
  {
    alert: 'AvisoProxyFailsOpen',
    name: 'one Envoy of two let a single read through',
    series: { [failedOpen('e')]: '0x5 1x55', [failedOpen('f')]: stays(0) },
    at: '7m',
    fires: onInstance('Envoy e lets reads through that nobody has checked', 'e'),
  },
  {
    alert: 'AvisoProxyFailsOpen',
    name: 'checks without an answer that were refused',
    series: {
      [failedOpen('e')]: stays(0),
      [of('envoy_http_ext_authz_error', 'envoy_http_conn_manager_prefix="aviso"', 'e')]: growing(9),
    },
    at: '7m',
    fires: [],
  },
  {
    alert: 'AvisoReadsPastTheCheck',
    name: 'the filter is off on one route',
    series: { [route('watch')]: growing(4), [route('replay')]: growing(1), [allowed()]: growing(4) },
    at: '50m',
    fires: [{ labels: {}, summary: 'Envoy sent some 75 reads to Aviso, more than were allowed' }],
  },
  {
    alert: 'AvisoReadsPastTheCheck',
    name: 'there is no authorizer to be seen',
    series: { [route('watch')]: growing(4) },
    at: '50m',
    fires: [{ labels: {}, summary: 'Envoy sent some 60 reads to Aviso, more than were allowed' }],
  },
  {
    alert: 'AvisoReadsPastTheCheck',
    name: 'every read was allowed, by one of two processes, and a few met no Aviso',
    series: {
      [route('watch')]: growing(4),
      [route('replay')]: growing(1),
      [route('notification')]: growing(50),
      [allowed()]: growing(3),
      [allowed('j')]: growing(3),
    },
    at: '50m',
    fires: [],
  },
  {
    alert: 'AvisoReadsPastTheCheck',
    name: 'a restart lost a minute of what was allowed',
    series: {
      [route('watch')]: growing(10),
      [allowed()]: '0+10x20 _ 0+10x40',
    },
    at: '35m',
    fires: [],
  },
  {
    alert: 'AvisoStreamsPastTheCheck',
    name: 'clients reach Aviso by another way',
    series: {
      [streams('dissemination')]: growing(2),
      [streams('mars')]: growing(2),
      [allowed()]: growing(2),
    },
    at: '50m',
    fires: [{ labels: {}, summary: 'Aviso opened some 60 streams, more than were allowed' }],
  },
  {
    alert: 'AvisoStreamsPastTheCheck',
    name: 'every stream was allowed, and some that were allowed Aviso refused',
    series: {
      [streams('dissemination')]: growing(3),
      [streams('mars')]: growing(1),
      [allowed()]: growing(5),
    },
    at: '50m',
    fires: [],
  },
];
