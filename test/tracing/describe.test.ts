import t from 'tap';
import { type Decision, INVALID_STATUS } from '../../src/domain/decision.js';
import { describeDecision, describeRequest, statusFor } from '../../src/tracing/describe.js';
import { authzRequest } from '../helpers/authz.js';
import { identity } from '../helpers/identity.js';

const EVENT_TYPE = 'dissemination';
const allow = { kind: 'allow', identity: identity(), cacheOutcome: null } as const;

/** Decision, outcome, status, `error.type`, and whether the event type is named. */
const TABLE: readonly (readonly [Decision, string, number, string | undefined, boolean])[] = [
  [{ ...allow, reason: 'destination_listed' }, 'allow', 200, undefined, true],
  [{ ...allow, reason: 'admin_bypass' }, 'admin_bypass', 200, undefined, true],
  [{ ...allow, reason: 'not_gated' }, 'not_gated', 200, undefined, false],
  [
    { kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' },
    'deny_destination',
    403,
    undefined,
    true,
  ],
  [
    { kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' },
    'deny_match_key_missing',
    403,
    undefined,
    true,
  ],
  [
    { kind: 'unavailable', fetchOutcome: 'Unauthorized', cacheOutcome: 'miss_fetched' },
    'unavailable',
    503,
    'http_401',
    true,
  ],
  [
    { kind: 'error', errorKind: 'unexpected', cause: new Error('secret'), cacheOutcome: null },
    'error',
    500,
    'unexpected',
    true,
  ],
  [{ kind: 'unauthenticated', message: 'x' }, 'unauthorized', 401, undefined, false],
  [{ kind: 'forbidden', message: 'x' }, 'forbidden', 403, undefined, false],
  [{ kind: 'identity_unavailable', message: 'x' }, 'service_unavailable', 503, 'service_unavailable', false],
  [
    { kind: 'invalid', code: 'UNKNOWN_EVENT_TYPE', message: 'x' },
    'unknown_event_type',
    INVALID_STATUS.UNKNOWN_EVENT_TYPE,
    undefined,
    false,
  ],
];

t.test('every decision has its words, and an error only where there is no verdict', async (t) => {
  for (const [decision, outcome, status, error, namesType] of TABLE) {
    const attributes = describeDecision(decision, EVENT_TYPE);
    t.equal(attributes['aviso.outcome'], outcome);
    t.equal(attributes['http.response.status_code'], status, outcome);
    t.equal(attributes['error.type'], error, outcome);
    t.equal(attributes['aviso.event_type'], namesType ? EVENT_TYPE : undefined, outcome);
    t.equal(statusFor(decision).code === 2, error !== undefined, outcome);
    t.notMatch(JSON.stringify(attributes), /secret|alice/, outcome);
  }
});

t.test('a name is one of three, whatever a client writes', async (t) => {
  const named = (method: string, target: string) => describeRequest(authzRequest({ method, target })).name;
  t.equal(named('POST', '/api/v1/watch'), 'authorize watch');
  t.equal(named('POST', '/api/v1/replay?x=1'), 'authorize replay');
  for (const [method, target] of [
    ['GET', '/api/v1/watch'],
    ['EVIL', '/api/v1/secret'],
    ['POST', '/api/v1/notification'],
    ['', ''],
  ] as const) {
    const { name, attributes } = describeRequest(authzRequest({ method, target }));
    t.equal(name, 'authorize', target);
    t.notMatch(JSON.stringify(attributes), /secret|EVIL|notification/);
  }
});
