import t from 'tap';
import { type Decision, INVALID_STATUS, type InvalidCode } from '../../src/domain/decision.js';
import {
  CHECK_OUTCOME_LABELS,
  CHECK_OUTCOMES,
  checkOutcomeOf,
  REQUEST_DENIED,
  STATUSES,
  STEP_EVENTS,
  statusOf,
} from '../../src/observe/vocabulary.js';
import { identity } from '../helpers/identity.js';

const allow = (reason: 'not_gated' | 'admin_bypass' | 'destination_listed'): Decision => ({
  kind: 'allow',
  reason,
  identity: identity(),
  cacheOutcome: null,
});

/** Contract section 4: decision, status, label of `aviso_ecpds_access_decisions_total`. */
const TABLE: readonly (readonly [Decision, number, string | null])[] = [
  [allow('destination_listed'), 200, 'allow'],
  [allow('admin_bypass'), 200, 'admin_bypass'],
  [allow('not_gated'), 200, null],
  [{ kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' }, 403, 'deny_destination'],
  [{ kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' }, 403, 'deny_match_key_missing'],
  [{ kind: 'unavailable', fetchOutcome: 'ServerError', cacheOutcome: 'miss_fetched' }, 503, 'unavailable'],
  [{ kind: 'error', errorKind: 'unexpected', cause: null, cacheOutcome: null }, 500, 'error'],
  [{ kind: 'unauthenticated', message: 'x' }, 401, null],
  [{ kind: 'forbidden', message: 'x' }, 403, null],
  [{ kind: 'identity_unavailable', message: 'x' }, 503, null],
  ...Object.entries(INVALID_STATUS).map(
    ([code, status]) => [{ kind: 'invalid', code: code as InvalidCode, message: 'x' }, status, null] as const,
  ),
];

t.test('every decision has its status and its outcome', async (t) => {
  for (const [decision, status, outcome] of TABLE) {
    const name = JSON.stringify({ ...decision, identity: undefined });
    t.equal(statusOf(decision), status, name);
    t.equal(checkOutcomeOf(decision), outcome, name);
    t.ok((STATUSES as readonly number[]).includes(status), `${status} is a label value`);
  }
});

t.test('only an allow has a status that a proxy takes for one', async (t) => {
  for (const [decision, status] of TABLE) t.equal(status < 300, decision.kind === 'allow');
});

t.test('a decision of an unknown kind throws instead of passing', async (t) => {
  const forged = { kind: 'maybe' } as unknown as Decision;
  t.throws(() => statusOf(forged));
  t.throws(() => checkOutcomeOf(forged));
});

t.test('events and levels are those of the runbook', async (t) => {
  const outcomes = CHECK_OUTCOME_LABELS.map((label) => [
    label,
    CHECK_OUTCOMES[label].event,
    CHECK_OUTCOMES[label].level,
  ]);
  t.same(outcomes, [
    ['allow', 'auth.ecpds.check.allowed', 'info'],
    ['admin_bypass', 'auth.ecpds.admin.bypass', 'info'],
    ['deny_destination', 'auth.ecpds.check.denied', 'warn'],
    ['deny_match_key_missing', 'auth.ecpds.check.denied', 'warn'],
    ['unavailable', 'auth.ecpds.check.unavailable', 'warn'],
    ['error', 'auth.ecpds.check.error', 'error'],
  ]);
  t.same(
    Object.values(STEP_EVENTS).map(({ event, level }) => [event, level]),
    [
      ['auth.ecpds.check.started', 'debug'],
      ['auth.ecpds.cache.hit', 'debug'],
      ['auth.ecpds.cache.miss', 'debug'],
      ['auth.ecpds.fetch.succeeded', 'debug'],
      ['auth.ecpds.fetch.failed', 'warn'],
      ['auth.ecpds.fetch.skipped_inactive', 'info'],
      ['auth.ecpds.fetch.skipped_record', 'info'],
    ],
  );
  t.match(REQUEST_DENIED, { event: 'auth.middleware.request.denied', level: 'warn' });
  t.equal(CHECK_OUTCOMES.deny_destination.message, 'ECPDS access denied', 'as the runbook shows it');
});
