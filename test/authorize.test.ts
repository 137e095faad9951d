import t from 'tap';
import { type AuthorizeParts, authorize, newTrail } from '../src/authorize.js';
import type { Checker, Verdict } from '../src/checker/checker.js';
import { asEventType } from '../src/domain/names.js';
import type { AuthzRequest } from '../src/domain/request.js';
import type { IdentityResolver, Resolution } from '../src/identity/resolver.js';
import { gateTable } from '../src/policy/gates.js';
import { authzRequest, bodyFor } from './helpers/authz.js';
import type { ManualClock } from './helpers/clock.js';
import { ANONYMOUS, admin, alice, decide, GATES, LISTED, reader, type World } from './helpers/decide.js';
import { identity } from './helpers/identity.js';

/** Every fault of contract section 2, in the order in which the first one present is the answer. */
const FAULTS: readonly {
  told: string;
  world?: World;
  request?: Partial<AuthzRequest>;
  eventType?: string;
  value?: unknown;
}[] = [
  { told: 'NOT_FOUND', request: { target: '/nowhere' } },
  { told: 'PAYLOAD_TOO_LARGE', request: { partialBody: true } },
  { told: 'UNSUPPORTED_MEDIA_TYPE', request: { contentEncoding: 'gzip' } },
  { told: 'INVALID_JSON', request: { body: Buffer.from('{') } },
  { told: 'unauthenticated', world: { resolution: { kind: 'unauthenticated', message: 'x' } } },
  { told: 'UNKNOWN_EVENT_TYPE', eventType: 'nobody-knows' },
  { told: 'unauthenticated', world: { resolution: ANONYMOUS } },
  { told: 'forbidden', eventType: 'staff' },
  { told: 'INVALID_REQUEST_SHAPE', value: '*' },
  { told: 'deny DestinationNotInList', world: { verdict: { kind: 'not_listed', cacheOutcome: 'hit' } } },
];

t.test('of any two faults, the one the contract puts first is the answer', async (t) => {
  for (const [rank, first] of FAULTS.entries()) {
    for (const second of FAULTS.slice(rank)) {
      const body = bodyFor(
        first.eventType ?? second.eventType ?? 'dissemination',
        second.value ?? first.value ?? 'CIP',
      );
      const { told } = await decide(
        { ...second.world, ...first.world },
        { body, ...second.request, ...first.request },
      );
      t.equal(told, first.told, `${first.told} before ${second.told}`);
    }
  }
});

t.test('a route that is for the operation of the path changes no answer', async (t) => {
  for (const operation of ['watch', 'replay']) {
    for (const { told, world = {}, request, eventType = 'dissemination', value = 'CIP' } of FAULTS) {
      const asked = { target: `/api/v1/${operation}`, body: bodyFor(eventType, value), ...request };
      const expected = told === 'NOT_FOUND' ? 'NOT_FOUND' : (await decide(world, asked)).told;
      t.equal((await decide(world, { ...asked, routeOperation: operation })).told, expected);
      t.equal(expected, told);
    }
    const routed = await decide({}, { target: `/api/v1/${operation}?x=1`, routeOperation: operation });
    t.equal(routed.told, 'allow destination_listed');
    t.equal(routed.checks.length, 1);
  }
});

t.test('a route that is for anything else is an error, whoever asks and whatever for', async (t) => {
  const others = ['replay', 'Watch', 'WATCH', ' watch', 'watch ', '', 'null', 'watch,watch', 'notification'];
  for (const world of [{}, { resolution: admin }, { resolution: ANONYMOUS }, { resolution: null }]) {
    for (const routeOperation of others) {
      const { decision, checks, remaining, trail } = await decide(world, { routeOperation });
      t.match(decision, { kind: 'error', errorKind: 'route_operation_mismatch', cacheOutcome: null });
      t.same([checks, remaining, trail], [[], [], newTrail()], 'and nobody is asked');
    }
  }
  const swapped = await decide({}, { target: '/api/v1/replay', routeOperation: 'watch' });
  t.match(swapped.decision, { errorKind: 'route_operation_mismatch' });
});

t.test(
  'an ungated path behind a route for reads is an error, and an unknown one stays unknown',
  async (t) => {
    for (const target of ['/api/v1/notification', '/api/v1/notification?watch']) {
      for (const routeOperation of ['watch', 'replay', '', 'x']) {
        const { decision } = await decide({}, { target, routeOperation });
        t.match(decision, { kind: 'error', errorKind: 'route_operation_mismatch' });
      }
    }
    for (const routeOperation of ['watch', 'replay', 'x']) {
      t.equal((await decide({}, { target: '/nowhere', routeOperation })).told, 'NOT_FOUND');
      t.equal((await decide({}, { method: 'GET', routeOperation })).told, 'NOT_FOUND');
    }
  },
);

t.test('what is refused outside the check never reaches the checker', async (t) => {
  for (const fault of FAULTS.slice(0, -1)) {
    const body = bodyFor(fault.eventType ?? 'dissemination', fault.value ?? 'CIP');
    t.equal((await decide({ ...fault.world }, { body, ...fault.request })).checks.length, 0, fault.told);
  }
});

t.test('identity that is forbidden or unavailable is the answer on every event type', async (t) => {
  for (const eventType of [...GATES.keys(), 'nobody-knows']) {
    const body = bodyFor(eventType, 'CIP');
    t.equal((await decide({ resolution: { kind: 'forbidden', message: 'x' } }, { body })).told, 'forbidden');
    t.equal(
      (await decide({ resolution: { kind: 'unavailable', message: 'x' } }, { body })).told,
      'identity_unavailable',
    );
    t.equal(
      (await decide({ resolution: { kind: 'unauthenticated', message: 'x' } }, { body })).told,
      'unauthenticated',
    );
  }
});

t.test('the verdicts of the checker become decisions, one to one', async (t) => {
  const cause = new Error('x');
  const table: [Verdict, object][] = [
    [LISTED, { kind: 'allow', reason: 'destination_listed', identity: identity(), cacheOutcome: 'hit' }],
    [
      { kind: 'not_listed', cacheOutcome: 'miss_coalesced' },
      { kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'miss_coalesced' },
    ],
    [
      { kind: 'match_key_missing', cacheOutcome: 'none' },
      { kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' },
    ],
    [
      { kind: 'unavailable', fetchOutcome: 'ServerError', cacheOutcome: 'miss_fetched' },
      { kind: 'unavailable', fetchOutcome: 'ServerError', cacheOutcome: 'miss_fetched' },
    ],
    [
      { kind: 'error', cause, cacheOutcome: 'miss_fetched' },
      { kind: 'error', errorKind: 'fetch_failed_unexpectedly', cause, cacheOutcome: 'miss_fetched' },
    ],
  ];
  for (const [verdict, decision] of table)
    t.same((await decide({ verdict })).decision, decision, verdict.kind);
});

t.test('the checker is asked about the canonical destination of this user, by this deadline', async (t) => {
  const { checks } = await decide({}, { deadline: 1234, requestId: 'r-2' });
  t.same(checks, [
    {
      identity: identity(),
      destination: 'CIP',
      eventType: asEventType('dissemination'),
      requestId: 'r-2',
      deadline: 1234,
    },
  ]);
  t.equal((await decide({})).checks[0]?.deadline, 1500, 'the default when the asker states none');
});

t.test('a missing match key is left to the checker to deny, null is refused', async (t) => {
  const verdict: Verdict = { kind: 'match_key_missing', cacheOutcome: 'none' };
  const missing = await decide({ verdict }, { body: bodyFor('dissemination') });
  t.equal(missing.told, 'deny MatchKeyMissing');
  t.equal(missing.checks[0]?.destination, null);
  t.equal((await decide({}, { body: bodyFor('dissemination', null) })).told, 'INVALID_REQUEST_SHAPE');
});

t.test('an admin passes read roles and the check, but not a bad match key', async (t) => {
  const world: World = { resolution: admin, verdict: { kind: 'not_listed', cacheOutcome: 'hit' } };
  for (const eventType of ['dissemination', 'staff']) {
    const { told, checks, decision } = await decide(world, { body: bodyFor(eventType, 'X') });
    t.equal(told, 'allow admin_bypass');
    t.same([checks, decision.kind === 'allow' && decision.cacheOutcome], [[], null]);
  }
  t.equal(
    (await decide(world, { body: bodyFor('dissemination') })).told,
    'allow admin_bypass',
    'before the missing key',
  );
  t.equal((await decide(world, { body: bodyFor('dissemination', '*') })).told, 'INVALID_REQUEST_SHAPE');
  t.equal((await decide(world, { body: bodyFor('members-staff', 'X') })).told, 'allow not_gated');
});

t.test('what is not gated by destination needs what its event type needs, and no check', async (t) => {
  const table: [Resolution | null, string, string][] = [
    [ANONYMOUS, 'open', 'allow not_gated'],
    [alice, 'open', 'allow not_gated'],
    [null, 'open', 'allow not_gated'],
    [alice, 'members', 'allow not_gated'],
    [ANONYMOUS, 'members', 'unauthenticated'],
    [null, 'members', 'unauthenticated'],
    [alice, 'members-staff', 'forbidden'],
    [reader, 'members-staff', 'allow not_gated'],
    [reader, 'staff', 'allow destination_listed'],
    [null, 'dissemination', 'unauthenticated'],
  ];
  for (const [resolution, eventType, expected] of table) {
    const { told, checks } = await decide({ resolution }, { body: bodyFor(eventType, 'X') });
    t.equal(told, expected, eventType);
    t.equal(checks.length, expected === 'allow destination_listed' ? 1 : 0);
  }
  t.equal((await decide({ strict: false }, { body: bodyFor('nobody-knows') })).told, 'allow not_gated');
});

t.test('ungated routes pass without reading anything', async (t) => {
  const request = {
    target: '/api/v1/notification',
    body: Buffer.from('{'),
    partialBody: true,
    contentEncoding: 'gzip',
  };
  const { told, trail } = await decide({ resolution: { kind: 'unavailable', message: 'x' } }, request);
  t.equal(told, 'allow not_gated');
  t.same(trail, newTrail());
});

t.test('a gated event type without a checker is an error, never an allow', async (t) => {
  t.match((await decide({ checker: 'none' })).decision, {
    kind: 'error',
    errorKind: 'missing_checker',
    cacheOutcome: null,
  });
});

t.test('a verdict that comes after the deadline is none', async (t) => {
  const during = { check: (clock: ManualClock) => clock.advance(501) };
  for (const kind of ['listed', 'not_listed'] as const) {
    const { decision } = await decide({ during, verdict: { kind, cacheOutcome: 'hit' } });
    t.same(decision, { kind: 'unavailable', fetchOutcome: 'Unreachable', cacheOutcome: 'hit' });
  }
  const failed: Verdict = { kind: 'unavailable', fetchOutcome: 'Forbidden', cacheOutcome: 'miss_fetched' };
  t.match((await decide({ during, verdict: failed })).decision, {
    kind: 'unavailable',
    fetchOutcome: 'Forbidden',
  });
  const onTime = { check: (clock: ManualClock) => clock.advance(500) };
  t.equal((await decide({ during: onTime })).told, 'allow destination_listed', 'at the deadline is in time');
});

t.test('an identity that comes after the deadline allows nothing, gated or not', async (t) => {
  const during = { identity: (clock: ManualClock) => clock.advance(501) };
  for (const eventType of GATES.keys()) {
    const { told, checks } = await decide({ during, resolution: admin }, { body: bodyFor(eventType, 'X') });
    t.equal(told, 'identity_unavailable', eventType);
    t.equal(checks.length, 0);
  }
});

t.test('identity has the time that is left', async (t) => {
  t.same((await decide({}, { deadline: 1100 })).remaining, [100]);
  t.same((await decide({})).remaining, [500]);
});

t.test('Content-Encoding is identity or nothing', async (t) => {
  for (const coding of ['', 'identity', ' Identity '])
    t.equal((await decide({}, { contentEncoding: coding })).told, 'allow destination_listed');
  for (const coding of [
    'gzip',
    'br',
    'deflate',
    'zstd',
    'identity, gzip',
    'gzip, identity',
    'x',
    'identity,identity',
  ]) {
    t.equal((await decide({}, { contentEncoding: coding })).told, 'UNSUPPORTED_MEDIA_TYPE', coding);
  }
});

t.test('the trail knows the event type and the user as soon as they are known', async (t) => {
  const { trail } = await decide({}, { body: bodyFor('staff', 'X') });
  t.same(trail, { eventType: 'staff', mode: 'trusted_proxy', resolution: alice, identity: identity() });
  const unknown = await decide({ resolution: { kind: 'unauthenticated', message: 'x' } });
  t.match(unknown.trail, {
    eventType: 'dissemination',
    identity: null,
    resolution: { kind: 'unauthenticated' },
  });
});

const provided = (ecpdsUser: boolean) => ({ ecpdsUser, authorization: () => 'Bearer exchanged' });
const theirs = (ecpdsUser: boolean, roles: readonly string[] = []): Resolution => ({
  kind: 'user',
  identity: identity({ issuer: 'https://gitlab.example', roles }),
  provided: provided(ecpdsUser),
});

t.test("a provider's users are asked about at ECPDS only when it knows them by these names", async (t) => {
  const known = await decide({ resolution: theirs(true) });
  t.match(known.decision, { kind: 'allow', authorization: 'Bearer exchanged' });
  t.equal(known.checks.length, 1);
  const unknown = await decide({ resolution: theirs(false) });
  t.match(unknown.decision, { kind: 'forbidden' });
  t.equal(unknown.checks.length, 0);
  const admin = await decide({ resolution: theirs(false, ['admin']) });
  t.match(admin.decision, { kind: 'allow', reason: 'admin_bypass', authorization: 'Bearer exchanged' });
});

t.test('a request without a match key is refused for its user first', async (t) => {
  const { decision } = await decide(
    { resolution: theirs(false) },
    { body: Buffer.from('{"event_type":"dissemination","identifier":{}}') },
  );
  t.match(decision, { kind: 'forbidden' });
});

t.test(
  "every allow of a provider's user goes on with a token that Aviso knows, and no other does",
  async (t) => {
    for (const eventType of ['members', 'open']) {
      const { decision } = await decide({ resolution: theirs(false) }, { body: bodyFor(eventType) });
      t.match(decision, { kind: 'allow', authorization: 'Bearer exchanged' }, eventType);
      const own = await decide({}, { body: bodyFor(eventType) });
      t.notOk('authorization' in own.decision);
    }
  },
);

t.test("a provider's user without a token to go on with is not let through", async (t) => {
  const bare: Resolution = { kind: 'user', identity: identity({ issuer: 'https://gitlab.example' }) };
  t.match((await decide({ resolution: bare })).decision, { kind: 'forbidden' });
  await t.rejects(decide({ resolution: bare }, { body: bodyFor('members') }));
});

t.test('who does not say who the user is by the deadline is not waited for: 503', async (t) => {
  const parts = partsThat({ resolve: () => new Promise(() => undefined) });
  const trail = newTrail();
  const decision = await authorize(parts, authzRequest({ deadline: 1010 }), trail);
  t.match(decision, { kind: 'identity_unavailable', message: /too long/ });
  t.match(trail, { mode: 'trusted_proxy', resolution: { kind: 'unavailable' } }, 'and that is counted');
});

t.test('a checker that does not keep its deadline has a bug, and is not waited for either', async (t) => {
  const parts = partsThat({ check: () => new Promise(() => undefined) });
  await t.rejects(authorize(parts, authzRequest({ deadline: 1010 }), newTrail()), /keep its deadline/);
});

t.test('what is neither a resolution, a gate nor a verdict is a bug, and lets nobody through', async (t) => {
  for (const value of [undefined, null, {}, 'allow']) {
    const wrong = value as never;
    for (const broken of [{ resolve: () => wrong }, { resolve: async () => wrong }, { check: () => wrong }]) {
      await t.rejects(authorize(partsThat(broken), authzRequest(), newTrail()));
    }
    if (value !== undefined && value !== null && value !== 'allow') {
      await t.rejects(authorize(partsThat({ gateOf: () => wrong }), authzRequest(), newTrail()));
    }
  }
});

/** Parts that allow, but for what is broken. */
function partsThat(broken: {
  resolve?: IdentityResolver['resolve'];
  check?: Checker['check'];
  gateOf?: AuthorizeParts['gates']['gateOf'];
}): AuthorizeParts {
  const { resolve = () => alice, check = () => LISTED } = broken;
  const gates = gateTable(GATES, true);
  return {
    gates: { ...gates, ...(broken.gateOf === undefined ? {} : { gateOf: broken.gateOf }) },
    resolver: { mode: 'trusted_proxy', resolve },
    adminRoles: new Map(),
    destinations: { matchKey: 'destination', checker: { check, cacheSize: () => 0 } },
    defaultTimeoutMs: 500,
    now: () => 1000,
  };
}
