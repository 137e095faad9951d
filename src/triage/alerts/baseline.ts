import { all, grew, unless } from '../promql.js';
import type { Alert } from '../symptom.js';
import { BASELINE } from '../thresholds.js';

const REQUESTS = 'aviso_authz_requests_total';
const { window } = BASELINE;
type Past = '1d' | '1w';

const requests = (offset?: Past): string => grew(REQUESTS, window, 'job', offset);
const share = (statuses: string, offset?: Past): string =>
  `${grew(`${REQUESTS}{status=~"${statuses}"}`, window, 'job', offset)} / ${requests(offset)}`;

const WHY_TWICE =
  'Far from the same hour of the day before and of the week before, so that a weekend is none. Without the day before nothing fires; without the week before the day alone decides.';

function shareHigh(name: string, statuses: string, what: string, description: string): Alert {
  return {
    name,
    expr: all(
      `(\n${unless(
        `${share(statuses)} > ${share(statuses, '1d')} + ${BASELINE.share}`,
        `${share(statuses)} <= ${share(statuses, '1w')} + ${BASELINE.share}`,
      )}\n)`,
      `${grew(`${REQUESTS}{status=~"${statuses}"}`, window)} >= ${BASELINE.atLeastOfShare}`,
    ),
    forSeconds: 900,
    severity: 'ticket',
    summary: `{{ $value | humanizePercentage }} of all requests get ${what}, far more than usual`,
    description,
    why: `${WHY_TWICE} ${BASELINE.share * 100} points, and ${BASELINE.atLeastOfShare} requests in the hour.`,
  };
}

export const UNAUTHORIZED_ALERTS: readonly Alert[] = [
  shareHigh(
    'AvisoUnauthorizedShareHigh',
    '401',
    '401',
    'Tokens have expired or are signed otherwise, a clock is off, or somebody is trying.',
  ),
];

export const INVALID_ALERTS: readonly Alert[] = [
  shareHigh(
    'AvisoInvalidShareHigh',
    '400|404|413|415|431',
    '400, 404, 413, 415 or 431',
    'A new version of a client, or a schema that the authorizer was not given.',
  ),
];

export const UNUSUAL_ALERTS: readonly Alert[] = [
  shareHigh(
    'AvisoForbiddenShareHigh',
    '403',
    '403',
    'By a list of ECPDS or by a role: the series of decisions tells which.',
  ),
  {
    name: 'AvisoRefusedShareLow',
    expr: unless(
      all(
        `${share('401|403')} < ${BASELINE.low} * ${share('401|403', '1d')}`,
        `${share('401|403', '1d')} >= ${BASELINE.refusedBefore}`,
        `${requests()} >= ${BASELINE.atLeastRequests}`,
      ),
      `${share('401|403')} >= ${BASELINE.low} * ${share('401|403', '1w')}`,
    ),
    forSeconds: 900,
    severity: 'ticket',
    summary: '{{ $value | humanizePercentage }} of all requests get 401 or 403, far fewer than usual',
    description:
      'Good when a client was mended. Bad when roles, lists or the gate have become wider than meant.',
    why: `${WHY_TWICE} A fifth of a share that was a tenth of all or more, with ${BASELINE.atLeastRequests} requests in the hour.`,
  },
  {
    name: 'AvisoRequestsHigh',
    expr: unless(
      all(
        `${requests()} > ${BASELINE.high} * ${requests('1d')}`,
        `${requests()} >= ${requests('1d')} + ${BASELINE.atLeastMore}`,
      ),
      `${requests()} <= ${BASELINE.high} * ${requests('1w')}`,
    ),
    forSeconds: 900,
    severity: 'ticket',
    summary: 'Some {{ $value | printf "%.0f" }} requests in an hour, far more than usual',
    description:
      'Clients in a loop, streams that end too soon, or somebody who is trying. After a restart of Aviso or of the proxy all come back at once: that passes.',
    why: `${WHY_TWICE} ${BASELINE.high} times as many, and ten a minute more.`,
  },
  {
    name: 'AvisoRequestsLow',
    expr: unless(
      all(
        `${requests()} < ${BASELINE.low} * ${requests('1d')}`,
        `${requests('1d')} >= ${BASELINE.atLeastBefore}`,
      ),
      `${requests()} >= ${BASELINE.low} * ${requests('1w')}`,
    ),
    forSeconds: 900,
    severity: 'incident',
    summary: 'Some {{ $value | printf "%.0f" }} requests in an hour, far fewer than usual',
    description:
      'Clients do not get here: the proxy, the network before it, or a proxy that no longer asks. If reads go on at Aviso, the gate is passed by.',
    why: `${WHY_TWICE} A fifth of what was five a minute or more.`,
  },
];
