import { BASELINE, FEW_USERS, STORMS } from '../../../src/triage/thresholds.js';
import { chosen, grown, type Panel, shareOf } from '../panel.js';

const DECISIONS = 'aviso_ecpds_access_decisions_total';
const REQUESTS = 'aviso_authz_requests_total';
const { window, atLeast, share } = STORMS.deny_destination;
const DENIED = grown(chosen(DECISIONS, 'outcome="deny_destination"'), window);

export const NOT_ON_THE_LIST_PANELS: readonly Panel[] = [
  {
    title: 'Checks denied, and fetches',
    says: `A storm is ${atLeast} in ${window} and a share of ${share * 100} %. When fetches stand still, a few users ask again and again for what they may not have.`,
    queries: [
      { expr: DENIED, legend: 'deny_destination' },
      { expr: grown(chosen('aviso_ecpds_fetch_total'), window), legend: 'fetches' },
    ],
    unit: 'short',
    redFrom: atLeast,
  },
  {
    title: 'Share of checks denied',
    says: `Some "no" is everyday; a storm is from ${share * 100} % on.`,
    queries: [{ expr: shareOf(DENIED, grown(chosen(DECISIONS), window)), legend: 'deny_destination' }],
    unit: 'percentunit',
    redFrom: share,
  },
  {
    title: 'Users denied',
    says: `Up to ${FEW_USERS}: look at those clients. More: ECPDS no longer lists what several users read, or a batch of clients asks for a wrong destination.`,
    queries: [
      {
        expr: `max (${chosen('aviso_ecpds_distinct_users', 'outcome="deny_destination"')})`,
        legend: 'users',
      },
    ],
    unit: 'short',
    redFrom: FEW_USERS + 1,
  },
  {
    title: 'Records that do not count, rights that are gone',
    says: 'Skipped: active records without the target field. Revoked: what a list granted, and the one fetched behind it does not.',
    queries: [
      {
        expr: grown(chosen('aviso_ecpds_skipped_records_total'), '1h', 'server_index'),
        legend: 'skipped, server {{server_index}}',
      },
      { expr: grown(chosen('aviso_ecpds_revoked_grants_total'), '15m'), legend: 'revoked' },
    ],
    unit: 'short',
  },
];

export const MATCH_KEY_MISSING_PANELS: readonly Panel[] = [
  {
    title: 'Requests without the match key',
    says: 'Even one is suspicious: start-up insists that the field is required.',
    queries: [
      {
        expr: grown(chosen(DECISIONS, 'outcome="deny_match_key_missing"'), '15m'),
        legend: 'deny_match_key_missing',
      },
    ],
    unit: 'short',
    redFrom: 1,
  },
];

export const FORBIDDEN_BY_ROLE_PANELS: readonly Panel[] = [
  {
    title: '403 in all, and by the check',
    says: 'What is between the two lines is refused by role, by a provider without ecpds_users, or by auth-o-tron.',
    queries: [
      { expr: grown(chosen(REQUESTS, 'status="403"'), '5m'), legend: '403' },
      {
        expr: grown(chosen(DECISIONS, 'outcome=~"deny_destination|deny_match_key_missing"'), '5m'),
        legend: 'by the check',
      },
    ],
    unit: 'short',
  },
];

/** A share of all requests, now and at the same hour before. */
const shares = (statuses: string): Panel['queries'] =>
  (
    [
      ['now', ''],
      ['a day before', '1d'],
      ['a week before', '1w'],
    ] as const
  ).map(([legend, offset]) => ({
    expr: shareOf(
      grown(chosen(REQUESTS, `status=~"${statuses}"`), BASELINE.window, '', offset),
      grown(chosen(REQUESTS), BASELINE.window, '', offset),
    ),
    legend,
  }));
const FAR = `Far from usual is ${BASELINE.share * 100} points above both, the day and the week before.`;

export const UNAUTHORIZED_PANELS: readonly Panel[] = [
  {
    title: 'Share of 401',
    says: `Tokens have expired or are signed otherwise, a clock is off, or somebody is trying. ${FAR}`,
    queries: shares('401'),
    unit: 'percentunit',
  },
  {
    title: 'Credentials that were refused',
    says: 'By the way they were judged. Requests without credentials are not counted here.',
    queries: [
      {
        expr: grown(chosen('aviso_auth_requests_total', 'outcome="unauthorized"'), '5m', 'mode'),
        legend: '{{mode}}',
      },
    ],
    unit: 'short',
  },
];

export const INVALID_PANELS: readonly Panel[] = [
  {
    title: 'Share of 400, 404, 413, 415 and 431',
    says: `A new version of a client, or a schema that the authorizer was not given. ${FAR}`,
    queries: shares('400|404|413|415|431'),
    unit: 'percentunit',
  },
  {
    title: 'Invalid requests by status',
    says: '404: no such route. 413: more than 262,144 bytes, or a truncated body.',
    queries: [
      {
        expr: grown(chosen(REQUESTS, 'status=~"400|404|413|415|431"'), '5m', 'status'),
        legend: '{{status}}',
      },
    ],
    unit: 'short',
    stacked: true,
  },
];

export const INTERNAL_ERROR_PANELS: readonly Panel[] = [
  {
    title: '500, and faults of the authorizer',
    says: 'There is no 500 that is all right. Faults in the background answered no request wrongly.',
    queries: [
      { expr: grown(chosen(REQUESTS, 'status="500"'), '15m'), legend: '500' },
      { expr: grown(chosen(DECISIONS, 'outcome="error"'), '15m'), legend: 'error of the check' },
      {
        expr: grown(chosen('aviso_authz_background_errors_total'), '15m', 'task'),
        legend: 'background: {{task}}',
      },
    ],
    unit: 'short',
    redFrom: 1,
  },
];
