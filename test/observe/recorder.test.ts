import t from 'tap';
import type { ServerReport } from '../../src/checker/server.js';
import type { Decision } from '../../src/domain/decision.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { createRecorder, type DecisionContext } from '../../src/observe/recorder.js';
import { listedEvents } from '../helpers/events.js';
import { identity } from '../helpers/identity.js';
import { contextFor } from '../helpers/observer.js';

function newRecorder() {
  const { log, events } = listedEvents();
  const metrics = createMetrics('1');
  const recorder = createRecorder(log, metrics);
  /** The series that are not at zero. */
  const moved = async (): Promise<string[]> => {
    const lines = (await metrics.registry.metrics()).split('\n').filter((line) => /^aviso_/.test(line));
    return lines.filter((line) => !/ 0$|build_info|duration_seconds_(bucket|sum)/.test(line));
  };
  return { recorder, events, moved };
}
const CONTEXT: DecisionContext = {
  request: { transport: 'http', requestId: 'request-1', target: '/api/v1/watch?x=secret', routeLabel: null },
  eventType: 'dissemination',
  identity: identity(),
  durationSeconds: 0.01,
};
const WHO = { event_type: 'dissemination', username: 'alice', request_id: 'request-1' };
const allow = (
  reason: 'not_gated' | 'admin_bypass' | 'destination_listed',
  cacheOutcome: 'hit' | null,
): Decision => ({
  kind: 'allow',
  reason,
  identity: identity(),
  cacheOutcome,
});

/** Decision, its one event (contract section 4), its outcome label and the status it is counted under. */
const DECISIONS: readonly (readonly [Decision, readonly [string, string, object], string, number])[] = [
  [
    allow('destination_listed', 'hit'),
    ['info', 'auth.ecpds.check.allowed', { ...WHO, cache_outcome: 'hit' }],
    'allow',
    200,
  ],
  [allow('admin_bypass', null), ['info', 'auth.ecpds.admin.bypass', WHO], 'admin_bypass', 200],
  [
    { kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'miss_fetched' },
    [
      'warn',
      'auth.ecpds.check.denied',
      { ...WHO, reason: 'DestinationNotInList', cache_outcome: 'miss_fetched' },
    ],
    'deny_destination',
    403,
  ],
  [
    { kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' },
    ['warn', 'auth.ecpds.check.denied', { ...WHO, reason: 'MatchKeyMissing', cache_outcome: 'none' }],
    'deny_match_key_missing',
    403,
  ],
  [
    { kind: 'unavailable', fetchOutcome: 'ClientError', cacheOutcome: 'miss_coalesced' },
    [
      'warn',
      'auth.ecpds.check.unavailable',
      { ...WHO, fetch_outcome: 'ClientError', cache_outcome: 'miss_coalesced' },
    ],
    'unavailable',
    503,
  ],
  [
    { kind: 'error', errorKind: 'missing_checker', cause: 'text', cacheOutcome: null },
    ['error', 'auth.ecpds.check.error', { ...WHO, error_kind: 'missing_checker', error: 'string' }],
    'error',
    500,
  ],
];

for (const [decision, [level, event, fields], outcome, status] of DECISIONS) {
  t.test(`${outcome} is one event and one count`, async (t) => {
    const { recorder, events, moved } = newRecorder();
    recorder.decided(decision, CONTEXT);
    t.same(events, [{ level, event, fields }]);
    t.same(await moved(), [
      `aviso_ecpds_access_decisions_total{outcome="${outcome}"} 1`,
      `aviso_authz_requests_total{transport="http",status="${status}"} 1`,
      'aviso_authz_request_duration_seconds_count{transport="http"} 1',
      `aviso_ecpds_distinct_users{outcome="${outcome}"} 1`,
    ]);
  });
}

t.test('users of a check are counted by namespace and name, and nobody is no user', async (t) => {
  const { recorder, moved } = newRecorder();
  const [decision] = DECISIONS[2] ?? [];
  if (decision === undefined) throw new Error('no such decision');
  const realms = [{}, {}, { realm: 'other' }, { realm: null, issuer: 'ecmwf' }, { username: 'bob' }];
  for (const parts of realms) recorder.decided(decision, { ...CONTEXT, identity: identity(parts) });
  recorder.decided(decision, { ...CONTEXT, identity: null });
  t.same(
    (await moved()).filter((line) => /^aviso_ecpds_/.test(line)),
    [
      'aviso_ecpds_access_decisions_total{outcome="deny_destination"} 6',
      'aviso_ecpds_distinct_users{outcome="deny_destination"} 4',
    ],
  );
});

const REFUSALS: readonly (readonly [Decision, number, string])[] = [
  [{ kind: 'invalid', code: 'INVALID_JSON', message: 'x' }, 400, 'invalid_json'],
  [{ kind: 'invalid', code: 'NOT_FOUND', message: 'x' }, 404, 'not_found'],
  [{ kind: 'invalid', code: 'PAYLOAD_TOO_LARGE', message: 'x' }, 413, 'payload_too_large'],
  [{ kind: 'invalid', code: 'UNSUPPORTED_MEDIA_TYPE', message: 'x' }, 415, 'unsupported_media_type'],
  [{ kind: 'unauthenticated', message: 'x' }, 401, 'unauthorized'],
  [{ kind: 'forbidden', message: 'x' }, 403, 'forbidden'],
  [{ kind: 'identity_unavailable', message: 'x' }, 503, 'service_unavailable'],
];
for (const [decision, status, reason] of REFUSALS) {
  t.test(`a refusal outside the check (${reason}) touches no event and no series of the check`, async (t) => {
    const { recorder, events, moved } = newRecorder();
    recorder.decided(decision, { ...CONTEXT, identity: status === 401 ? null : identity() });
    const username = status === 401 ? '-' : 'alice';
    const fields = { status_code: status, reason, username, path: '/api/v1/watch', request_id: 'request-1' };
    t.same(events, [{ level: 'warn', event: 'auth.middleware.request.denied', fields }]);
    t.same(
      (await moved()).filter((line) => line.startsWith('aviso_ecpds_')),
      [],
    );
    t.ok((await moved()).includes(`aviso_authz_requests_total{transport="http",status="${status}"} 1`));
  });
}

t.test('what is not gated is counted and not logged', async (t) => {
  const { recorder, events, moved } = newRecorder();
  recorder.decided(allow('not_gated', null), CONTEXT);
  t.same(events, []);
  t.same(
    (await moved()).filter((line) => line.startsWith('aviso_ecpds_')),
    [],
  );
});

t.test('the log has the path without its query, and only so much of it', async (t) => {
  const { recorder, events } = newRecorder();
  const target = `/${'x'.repeat(70_000)}?token=secret`;
  recorder.decided(
    { kind: 'forbidden', message: 'x' },
    { ...CONTEXT, request: { ...CONTEXT.request, target } },
  );
  t.equal(String(events[0]?.fields['path']).length, 256);
});

t.test('a bug is logged by name and place, without a message that may quote a secret', async (t) => {
  const { recorder, events } = newRecorder();
  const cause = new TypeError('password=hunter2\nsecond line');
  recorder.decided({ kind: 'error', errorKind: 'unexpected', cause, cacheOutcome: 'miss_fetched' }, CONTEXT);
  t.match(events[0]?.fields, {
    error_kind: 'unexpected',
    error: /^TypeError at /,
    cache_outcome: 'miss_fetched',
  });
  t.notMatch(JSON.stringify(events), 'hunter2');
});

t.test('the steps of a check are events with who and what', async (t) => {
  const { recorder, events, moved } = newRecorder();
  const context = contextFor('alice');
  recorder.started(context);
  recorder.cacheMiss(context);
  recorder.cacheHit(context);
  t.same(events, [
    { level: 'debug', event: 'auth.ecpds.check.started', fields: WHO },
    { level: 'debug', event: 'auth.ecpds.cache.miss', fields: WHO },
    { level: 'debug', event: 'auth.ecpds.cache.hit', fields: WHO },
  ]);
  t.same(await moved(), ['aviso_ecpds_cache_hits_total 1', 'aviso_ecpds_cache_misses_total 1']);
});

const REPORT = {
  index: 1,
  server: new URL('https://ecpds.example/p'),
  targetField: 'name',
  status: 200,
  durationMs: 3,
};
const AT = { ...WHO, server_index: 1, server: 'https://ecpds.example/p' };
const answered = (inactive: number, malformed: number): ServerReport => ({
  ...REPORT,
  result: { ok: true, value: { names: ['SECRET-DESTINATION'], total: 9, inactive, malformed } },
});

t.test('an answer of a server is an event, and so are the records it does not count for', async (t) => {
  const { recorder, events } = newRecorder();
  recorder.serverAnswered(contextFor('alice'), answered(2, 3));
  t.same(events, [
    { level: 'debug', event: 'auth.ecpds.fetch.succeeded', fields: AT },
    { level: 'info', event: 'auth.ecpds.fetch.skipped_inactive', fields: { ...AT, skipped: 2, total: 9 } },
    {
      level: 'info',
      event: 'auth.ecpds.fetch.skipped_record',
      fields: { ...AT, target_field: 'name', skipped: 3, total: 9 },
    },
  ]);
  t.notMatch(JSON.stringify(events), 'SECRET-DESTINATION');
});

t.test('nothing skipped is nothing said', async (t) => {
  const { recorder, events } = newRecorder();
  recorder.serverAnswered(contextFor('alice'), answered(0, 0));
  t.same(
    events.map(({ event }) => event),
    ['auth.ecpds.fetch.succeeded'],
  );
});

/** How long a call took is measured, whatever it came to. */
const isNoDuration = (line: string): boolean => !line.startsWith('aviso_ecpds_fetch_duration_seconds');

t.test('a failed server is a warning with the error, and is not counted by itself', async (t) => {
  const { recorder, events, moved } = newRecorder();
  const result = { ok: false, failure: { outcome: 'Unreachable', error: 'ECONNREFUSED' } } as const;
  recorder.serverAnswered(contextFor('alice'), { ...REPORT, status: null, result });
  t.same(events, [
    { level: 'warn', event: 'auth.ecpds.fetch.failed', fields: { ...AT, error: 'ECONNREFUSED' } },
  ]);
  t.same((await moved()).filter(isNoDuration), []);
});

t.test('a fetch is counted once, by its merged outcome', async (t) => {
  const { recorder, moved } = newRecorder();
  recorder.fetchFinished(contextFor('alice'), 'Unauthorized');
  recorder.fetchFinished(contextFor('alice'), 'Success');
  t.same((await moved()).sort(), [
    'aviso_ecpds_fetch_total{outcome="http_401"} 1',
    'aviso_ecpds_fetch_total{outcome="success"} 1',
  ]);
});

t.test('credentials are counted by how they were judged, nobody is not counted', async (t) => {
  const { recorder, moved } = newRecorder();
  recorder.identified('direct', { kind: 'user', identity: identity() });
  recorder.identified('trusted_proxy', { kind: 'unauthenticated', message: 'x' });
  recorder.identified('direct', { kind: 'forbidden', message: 'x' });
  recorder.identified('jwks', { kind: 'unavailable', message: 'x' });
  recorder.identified('direct', { kind: 'anonymous' });
  t.same((await moved()).sort(), [
    'aviso_auth_requests_total{mode="direct",outcome="forbidden"} 1',
    'aviso_auth_requests_total{mode="direct",outcome="success"} 1',
    'aviso_auth_requests_total{mode="jwks",outcome="service_unavailable"} 1',
    'aviso_auth_requests_total{mode="trusted_proxy",outcome="unauthorized"} 1',
  ]);
});

t.test('a token or credentials in the path are blotted out of the log', async (t) => {
  const { recorder, events } = newRecorder();
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl-_';
  for (const target of [
    `/api/v1/watch/${token}/x?${token}`,
    `/api/v1/${'p'.repeat(240)}${token}`,
    'http://alice:hidden@gateway.example/api',
    '//a@b:hidden@gateway.example',
  ]) {
    recorder.decided(
      { kind: 'invalid', code: 'NOT_FOUND', message: 'x' },
      { ...CONTEXT, request: { ...CONTEXT.request, target } },
    );
  }
  t.match(
    events.map(({ fields }) => fields['path']),
    [
      '/api/v1/watch/[token]/x',
      /p\[token/,
      'http://[credentials]@gateway.example/api',
      '//[credentials]@gateway.example',
    ],
  );
  t.notMatch(JSON.stringify(events), /eyJ|hidden/);
});

t.test(
  'a line that cannot be written costs the line, not the count, the verdict or the process',
  async (t) => {
    const metrics = createMetrics('1');
    const broken = createRecorder(
      {
        writes: () => true,
        write() {
          throw new Error('a bug');
        },
        setLevel: () => undefined,
        finish: async () => undefined,
      },
      metrics,
    );
    broken.decided({ kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' }, CONTEXT);
    broken.keysAttempted({
      state: {
        provider: 'p',
        hadKeys: false,
        keys: 0,
        ageSeconds: 0,
        stale: true,
        lastOutcome: 'unreachable',
        lastError: 'x',
      },
      durationMs: 1,
      status: null,
      changedTo: null,
      skipped: [],
    });
    const text = await metrics.registry.metrics();
    t.match(text, 'aviso_authz_requests_total{transport="http",status="403"} 1');
    t.match(text, 'aviso_ecpds_access_decisions_total{outcome="deny_destination"} 1');
    t.match(text, 'aviso_authz_background_errors_total{task="record"} 2');
  },
);

t.test('a count that cannot be made costs the count, and the event is written', async (t) => {
  const { log, events } = listedEvents();
  const metrics = createMetrics('1');
  Object.assign(metrics.requestDuration, {
    observe() {
      throw new Error('a bug');
    },
  });
  createRecorder(log, metrics).decided(allow('destination_listed', 'hit'), CONTEXT);
  t.match(
    events.map(({ event }) => event),
    ['auth.ecpds.background.error', 'auth.ecpds.check.allowed'],
  );
  t.match(await metrics.registry.metrics(), 'aviso_ecpds_access_decisions_total{outcome="allow"} 1');
});

t.test('a cause that cannot even be looked at has its event', async (t) => {
  const { recorder, events } = newRecorder();
  const cause = new Error('x');
  for (const name of ['stack', 'name']) {
    Object.defineProperty(cause, name, {
      get() {
        throw new Error('looked at');
      },
    });
  }
  recorder.decided({ kind: 'error', errorKind: 'unexpected', cause, cacheOutcome: null }, CONTEXT);
  t.match(events, [{ event: 'auth.ecpds.check.error', fields: { error: 'unreadable' } }]);
});
