import type { CheckOutcome } from '../../domain/check-outcome.js';
import { withCode } from '../prose.js';
import { at } from '../setting.js';
import type { Activity, Situation } from '../situation.js';
import type { Symptom } from '../symptom.js';
import { STORMS } from '../thresholds.js';
import { lately, many, percent, present, seen, total } from '../words.js';
import { crowd, extent, type Found, isStorm, loop, NOTHING, people, type Rule } from './rule.js';

/** Any: on a quiet site one is all there is to see. Records that do not count are a reason, so they show by themselves. */
export const notOnTheList: Rule = (situation) => {
  const { recent } = situation;
  return [...denied(situation), ...skipped(recent)];
};

function denied(situation: Situation): readonly Found[] {
  const { recent, distinctUsers } = situation;
  const count = recent.decisions.deny_destination;
  if (count === 0) return NOTHING;
  const users = distinctUsers.deny_destination;
  const of = total(recent.decisions);
  return [
    {
      what: `${many(count, 'check')} denied ${lately(recent)}, ${users === 1 ? 'all of one user' : `of ${many(users, 'user')}`}`,
      evidence: present([
        extent(situation, { count, of, unit: 'check', status: '403' }, STORMS.deny_destination),
        people(users),
        loop(count, users, STORMS.deny_destination.atLeast),
        ...sightings(situation, 'deny_destination'),
        total(recent.fetches) === 0 && recent.cacheHits > 0
          ? 'nothing was fetched meanwhile: lists from the cache say no, so somebody asks again and again'
          : null,
        recent.revokedGrants > 0
          ? `${many(recent.revokedGrants, 'grant')} revoked: rights that an older list had are gone`
          : null,
        ...missingServers(situation),
      ]),
      users: crowd(users),
    },
  ];
}

/** Whose destinations are not on the lists. */
function missingServers({ servers, configuration }: Situation): readonly string[] {
  if (at(configuration, 'ecpds', 'partial_outage_policy') !== 'any_success') return [];
  return servers
    .filter(({ failure }) => failure !== null)
    .map(({ index }) => `server ${index} fails: under any_success what only it lists is missing`);
}

function skipped({ skippedRecords, seconds }: Activity): readonly Found[] {
  if (skippedRecords === 0) return NOTHING;
  return [
    {
      cause: {
        cause: 'upstream',
        wrong: withCode(
          'active records without `target_field` do not count: the setting is wrong, or the records are',
        ),
        next: `grep '"event_name":"auth.ecpds.fetch.skipped_' authz.log`,
      },
      what: `${many(skippedRecords, 'record')} of ECPDS dropped in the last ${Math.max(1, Math.round(seconds))} s`,
      evidence: ['aviso_ecpds_skipped_records_total has them by server'],
      users: null,
    },
  ];
}

/** Any: start-up insists that the field is required. */
export const matchKeyMissing: Rule = (situation) => {
  const { recent, distinctUsers } = situation;
  const count = recent.decisions.deny_match_key_missing;
  if (count === 0) return NOTHING;
  const users = distinctUsers.deny_match_key_missing;
  return [
    {
      what: `${many(count, 'request')} without the match key ${lately(recent)}`,
      evidence: present([
        `${percent(count, total(recent.decisions))} of all checks`,
        people(users),
        ...sightings(situation, 'deny_match_key_missing'),
      ]),
      users: crowd(users),
    },
  ];
};

/** Every 403 that no list is the reason of. */
export const forbiddenByRole: Rule = (situation) => {
  const { recent, history } = situation;
  const count = byRole(recent);
  if (count <= 0) return NOTHING;
  const byAuthOTron = recent.authRequests['direct forbidden'] ?? 0;
  return [
    {
      what: `${many(count, 'request')} got 403 before the check ${lately(recent)}`,
      evidence: present([
        byAuthOTron > 0 ? `${byAuthOTron} of them because auth-o-tron said 403` : null,
        seen(history, byRole),
        'who: the log has them as auth.middleware.request.denied with reason forbidden',
      ]),
      users: null,
    },
  ];
};

const byRole = ({ statuses, decisions }: Activity): number =>
  (statuses['403'] ?? 0) - decisions.deny_destination - decisions.deny_match_key_missing;

const CLIENT_ERRORS = ['400', '404', '408', '413', '415', '431'];

/** A stray request is everyday: it is a symptom when they are many, or when no other comes. */
export const invalidRequests: Rule = (situation) => {
  const { recent, history } = situation;
  const count = invalid(recent);
  const of = total(recent.statuses);
  if (count === 0 || (count < of && !isStorm(count, of, STORMS.unavailable))) return NOTHING;
  const each = CLIENT_ERRORS.flatMap((status) =>
    recent.statuses[status] === undefined ? [] : [`${status}: ${recent.statuses[status]}`],
  );
  return [
    {
      what: `${many(count, 'request')} of ${of} refused as invalid ${lately(recent)}`,
      evidence: present([each.join(', '), seen(history, invalid)]),
      users: null,
    },
  ];
};

const invalid = ({ statuses }: Activity): number =>
  CLIENT_ERRORS.reduce((sum, status) => sum + (statuses[status] ?? 0), 0);

/** Any: there is no 500 that is all right. */
export const internalError: Rule = (situation, symptom) => {
  const { recent, history, distinctUsers } = situation;
  const count = Math.max(recent.statuses['500'] ?? 0, recent.decisions.error);
  const background = recent.backgroundErrors;
  if (count + background === 0) return NOTHING;
  return [
    {
      ...(count === 0 ? { cause: inBackground(symptom) } : {}),
      what: [
        ...(count > 0 ? [`${many(count, 'request')} got 500`] : []),
        ...(background > 0 ? [`${many(background, 'background task')} failed`] : []),
      ].join(' and '),
      evidence: present([
        lately(recent),
        count > 0 ? people(distinctUsers.error) : null,
        seen(history, (step) => (step.statuses['500'] ?? 0) + step.backgroundErrors),
      ]),
      users: crowd(distinctUsers.error),
    },
  ];
};

const inBackground = (symptom: Symptom) => ({
  cause: symptom.cause,
  wrong: symptom.wrong,
  next: symptom.next.replace('auth.ecpds.check.error', 'auth.ecpds.background.error'),
});

const sightings = ({ history }: Situation, outcome: CheckOutcome): readonly string[] =>
  present([seen(history, ({ decisions }) => decisions[outcome])]);
