import type { Situation } from '../situation.js';
import { STORMS } from '../thresholds.js';
import { lately, many, OVER_SECONDS, present, seen, within } from '../words.js';
import { extent, isStorm, NOTHING, type Rule } from './rule.js';

const AUTH_O_TRON_FAILED = 'direct service_unavailable';

/** Any: auth-o-tron is asked at each request, so one is already a sign. */
export const authOTron: Rule = (situation) => {
  const { authRequests } = situation.recent;
  const count = authRequests[AUTH_O_TRON_FAILED] ?? 0;
  if (count === 0 || isOver(situation)) return NOTHING;
  const of = sumOf(authRequests, (key) => key.startsWith('direct '));
  const answered = of - count;
  return [
    {
      what: `${many(count, 'request')} got 503 ${lately(situation.recent)}`,
      evidence: present([
        extent(situation, { count, of, unit: 'request', status: '503' }, STORMS.auth_o_tron),
        seen(situation.history, (step) => step.authRequests[AUTH_O_TRON_FAILED] ?? 0),
        answered > 0 ? `auth-o-tron answered ${many(answered, 'other request')}` : null,
      ]),
      users: null,
    },
  ];
};

/** It answered of late, and has failed for none since. */
function isOver(situation: Situation): boolean {
  const failed = within(situation, OVER_SECONDS, (step) => step.authRequests[AUTH_O_TRON_FAILED] ?? 0);
  const asked = within(situation, OVER_SECONDS, ({ authRequests }) =>
    sumOf(authRequests, (key) => key.startsWith('direct ')),
  );
  return failed === 0 && asked > 0;
}

/** A few refused tokens are everyday: it is a symptom when they are many, or when nobody at all gets in. */
export const unauthorized: Rule = (situation) => {
  const { recent, history } = situation;
  const refused = (counts: Readonly<Record<string, number>>): number =>
    sumOf(counts, (key) => key.endsWith(' unauthorized'));
  const count = refused(recent.authRequests);
  const known = sumOf(recent.authRequests, (key) => key.endsWith(' success'));
  const of = count + known;
  if (count === 0 || (known > 0 && !isStorm(count, of, STORMS.unavailable))) return NOTHING;
  return [
    {
      what: `${many(count, 'token')} refused ${lately(recent)}${known === 0 ? ', and none accepted' : ''}`,
      evidence: present([
        extent(situation, { count, of, unit: 'token', status: '401' }, STORMS.unavailable),
        seen(history, (step) => refused(step.authRequests)),
        ...Object.entries(recent.authRequests)
          .filter(([key]) => key.endsWith(' unauthorized'))
          .map(([key, value]) => `mode ${key.split(' ')[0]}: ${value}`),
        'who they say they are cannot be believed, so they are not counted as users',
      ]),
      users: null,
    },
  ];
};

const sumOf = (counts: Readonly<Record<string, number>>, wanted: (key: string) => boolean): number =>
  Object.entries(counts)
    .filter(([key]) => wanted(key))
    .reduce((sum, [, count]) => sum + count, 0);
