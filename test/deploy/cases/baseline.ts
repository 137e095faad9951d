import { of, type RuleCase, type Samples } from './case.js';

const STEP_MINUTES = 15;
const DAY = (24 * 60) / STEP_MINUTES;
const HOUR = 60 / STEP_MINUTES;
/** Two hours are looked at; before them are a week and two hours. */
const BEFORE = 7 * DAY + 2 * HOUR;
const TODAY = 2 * HOUR;
const AT = `${(BEFORE + TODAY - 1) * STEP_MINUTES}m`;

const requests = (status: number): string =>
  of('aviso_authz_requests_total', `transport="envoy_http",status="${status}"`);

/** A counter by what it grows in an hour: for so many steps each. */
function hourly(...parts: readonly (readonly [steps: number, perHour: number])[]): string {
  let value = 0;
  return parts
    .map(([steps, perHour]) => {
      const text = `${value}+${perHour / HOUR}x${steps - 1}`;
      value += (perHour / HOUR) * steps;
      return text;
    })
    .join(' ');
}

/** As always, and then today. */
const then = (always: number, today: number): string => hourly([BEFORE, always], [TODAY, today]);
/** Last week as today, yesterday otherwise. */
const asLastWeek = (lastWeek: number, yesterday: number, today: number): string =>
  hourly([DAY, lastWeek], [BEFORE - DAY, yesterday], [TODAY, today]);
/** Nothing before yesterday. */
const sinceYesterday = (yesterday: number, today: number): string => {
  const [, text] = hourly([1, 0], [2 * DAY, yesterday], [TODAY, today]).split(/ (.*)/);
  return `_x${BEFORE - 2 * DAY - 1} ${text}`;
};
/** Nothing before today. */
const sinceToday = (today: number): string => `_x${BEFORE - 1} ${hourly([TODAY, today])}`;

const DAYS = { at: AT, everyMinutes: STEP_MINUTES } as const;
const fires = (summary: string): RuleCase['fires'] => [{ labels: { job: 'authz' }, summary }];

function rule(alert: string, name: string, series: Samples, summary?: string): RuleCase {
  return { ...DAYS, alert, name, series, fires: summary === undefined ? [] : fires(summary) };
}

/** The cases that every rule about a share of refusals has. */
function shareCases(alert: string, status: number, said: string): readonly RuleCase[] {
  const of200 = (text: string): Samples => ({ [requests(200)]: text });
  const summary = `33.33% of all requests get ${said}, far more than usual`;
  return [
    rule(
      alert,
      `a third of all is ${status} today`,
      { ...of200(then(600, 600)), [requests(status)]: then(12, 300) },
      summary,
    ),
    rule(alert, `a third of all is ${status}, as on every day`, {
      ...of200(then(600, 600)),
      [requests(status)]: then(300, 300),
    }),
    rule(alert, `a third of all is ${status}, as a week ago`, {
      ...of200(then(600, 600)),
      [requests(status)]: asLastWeek(300, 12, 300),
    }),
    rule(
      alert,
      `a third of all is ${status} on the second day there is`,
      { ...of200(sinceYesterday(600, 600)), [requests(status)]: sinceYesterday(12, 300) },
      summary,
    ),
    rule(alert, `a third of all is ${status} on the first day there is`, {
      ...of200(sinceToday(600)),
      [requests(status)]: sinceToday(300),
    }),
    rule(alert, `half of a few requests at night is ${status}`, {
      ...of200(then(12, 12)),
      [requests(status)]: then(0, 12),
    }),
  ];
}

const REFUSALS = (text: string): Samples => ({ [requests(200)]: then(600, 600), [requests(403)]: text });

export const BASELINE_CASES: readonly RuleCase[] = [
  ...shareCases('AvisoUnauthorizedShareHigh', 401, '401'),
  ...shareCases('AvisoInvalidShareHigh', 400, '400, 404, 413, 415 or 431'),
  ...shareCases('AvisoForbiddenShareHigh', 403, '403'),
  rule(
    'AvisoRefusedShareLow',
    'a fifth was refused, and nobody is any more',
    REFUSALS(then(150, 0)),
    '0% of all requests get 401 or 403, far fewer than usual',
  ),
  rule('AvisoRefusedShareLow', 'half as many are refused', REFUSALS(then(150, 75))),
  rule('AvisoRefusedShareLow', 'nobody is refused, as a week ago', REFUSALS(asLastWeek(0, 150, 0))),
  rule('AvisoRefusedShareLow', 'few were ever refused', REFUSALS(then(24, 0))),
  rule('AvisoRefusedShareLow', 'nobody is refused on the first day there is', {
    [requests(200)]: sinceToday(600),
    [requests(403)]: sinceToday(0),
  }),
  rule(
    'AvisoRequestsHigh',
    'four times as many requests',
    { [requests(200)]: then(600, 2400) },
    'Some 2400 requests in an hour, far more than usual',
  ),
  rule('AvisoRequestsHigh', 'twice as many', { [requests(200)]: then(600, 1200) }),
  rule('AvisoRequestsHigh', 'ten times as many at night, which is not many', {
    [requests(200)]: then(36, 360),
  }),
  rule('AvisoRequestsHigh', 'a Monday after a Sunday', { [requests(200)]: asLastWeek(2400, 600, 2400) }),
  rule('AvisoRequestsHigh', 'the first day there is', { [requests(200)]: sinceToday(2400) }),
  rule(
    'AvisoRequestsLow',
    'a tenth of the requests',
    { [requests(200)]: then(600, 60) },
    'Some 60 requests in an hour, far fewer than usual',
  ),
  rule(
    'AvisoRequestsLow',
    'none any more, on the second day there is',
    { [requests(200)]: sinceYesterday(600, 0) },
    'Some 0 requests in an hour, far fewer than usual',
  ),
  rule('AvisoRequestsLow', 'half of them', { [requests(200)]: then(600, 300) }),
  rule('AvisoRequestsLow', 'a tenth of what was little', { [requests(200)]: then(240, 24) }),
  rule('AvisoRequestsLow', 'a Saturday after a Friday', { [requests(200)]: asLastWeek(60, 600, 60) }),
  rule('AvisoRequestsLow', 'the first day there is', { [requests(200)]: sinceToday(0) }),
];
