import { chosen, grown, type Panel } from '../panel.js';

/** The first five minutes: what moves, over everything. */
export const FIRST_PANELS: readonly Panel[] = [
  {
    title: 'Alerts that fire',
    says: 'Each leads to its section by its runbook_url. Over all jobs of this Prometheus.',
    queries: [
      {
        expr: 'count by (alertname, severity) (ALERTS{alertname=~"Aviso.+",alertstate="firing"})',
        legend: '{{severity}}: {{alertname}}',
      },
    ],
    unit: 'short',
    stacked: true,
  },
  {
    title: 'Decisions by outcome',
    says: 'The outcome that grows says which section to go to.',
    queries: [
      { expr: grown(chosen('aviso_ecpds_access_decisions_total'), '5m', 'outcome'), legend: '{{outcome}}' },
    ],
    unit: 'short',
    stacked: true,
  },
  {
    title: 'Answers by status',
    says: 'What the answers meant to clients, over HTTP, gRPC and nginx. 503: ECPDS, the network, auth-o-tron. 500: this program. 403: the answer is no.',
    queries: [{ expr: grown(chosen('aviso_authz_requests_total'), '5m', 'status'), legend: '{{status}}' }],
    unit: 'short',
    stacked: true,
  },
  {
    title: 'Users by outcome',
    says: 'Distinct users of five minutes, as the greatest figure of all processes. 1 or 2 are clients to talk to, hundreds are a problem here or upstream.',
    queries: [{ expr: `max by (outcome) (${chosen('aviso_ecpds_distinct_users')})`, legend: '{{outcome}}' }],
    unit: 'short',
  },
];
