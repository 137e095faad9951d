import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { type AppOptions, type RunningApp, startApp } from './helpers/app.js';
import { active, type FakeEcpds, startEcpds } from './helpers/ecpds.js';
import { until } from './helpers/until.js';

interface World {
  readonly app: RunningApp;
  readonly ecpds: FakeEcpds;
  readonly options: AppOptions;
}

async function world(t: Test, options: Omit<AppOptions, 'ecpds'> = {}): Promise<World> {
  const ecpds = await startEcpds({ alice: active('CIP', 'FOO'), bob: active('BAR') });
  const all = { ...options, ecpds: [ecpds] };
  const app = await startApp(all);
  t.teardown(async () => {
    await app.close();
    await ecpds.close();
  });
  return { app, ecpds, options: all };
}

const eventsNamed = ({ events }: RunningApp, name: string) =>
  events.filter(({ event_name }) => event_name === name);
const TTL_MS = 300_000;

t.test('left alone, the protections are neutral: the runbook sees what it always saw', async (t) => {
  const { app, ecpds } = await world(t);
  t.equal(await app.watch('alice'), 200);
  app.clock.advance(TTL_MS - 1);
  t.equal(await app.watch('alice', 'BAR'), 403);
  ecpds.fault = { kind: 'status', status: 500 };
  for (let i = 0; i < 10; i += 1) t.equal(await app.watch('carol'), 503);
  t.equal(ecpds.asked.length, 11, 'every miss is a call: no refresh, no circuit');
  t.same(
    [...new Set(app.events.map(({ event_name }) => event_name))].filter((name) =>
      String(name).startsWith('auth.'),
    ),
    [
      'auth.ecpds.check.allowed',
      'auth.ecpds.check.denied',
      'auth.ecpds.fetch.failed',
      'auth.ecpds.check.unavailable',
    ],
  );
  t.same(await app.series('aviso_ecpds_circuit_open{'), { 'aviso_ecpds_circuit_open{server_index="0"}': 0 });
  t.same(await app.series('aviso_ecpds_revoked_grants_total '), { aviso_ecpds_revoked_grants_total: 0 });
  t.same(await app.series('aviso_ecpds_fetch_rejected_total '), { aviso_ecpds_fetch_rejected_total: 0 });
});

t.test(
  'a right that is gone is found behind a hit: an event, a count, and a denial from then on',
  async (t) => {
    const { app, ecpds } = await world(t, { sidecar: { protections: { refresh_ahead: {} } } });
    t.equal(await app.watch('alice'), 200);
    ecpds.users.set('alice', active('FOO'));
    app.clock.advance(TTL_MS * 0.8);
    t.equal(await app.watch('alice'), 200, 'still served, the list is not at its end');
    await until(() => eventsNamed(app, 'auth.ecpds.recheck.revoked').length > 0);
    const [revoked] = eventsNamed(app, 'auth.ecpds.recheck.revoked');
    t.match(revoked, { level: 'warn', username: 'alice', destination: 'CIP', granted_at: /^20.*Z$/ });
    t.same(await app.series('aviso_ecpds_revoked_grants_total '), { aviso_ecpds_revoked_grants_total: 1 });
    t.equal(await app.watch('alice'), 403);
    t.match(await app.series('aviso_ecpds_cache_misses_total '), { aviso_ecpds_cache_misses_total: 1 });
    t.match(await app.series('aviso_ecpds_fetch_total{outcome="success"}'), {
      'aviso_ecpds_fetch_total{outcome="success"}': 2,
    });
  },
);

t.test('a circuit is seen in events, series and how little ECPDS is asked', async (t) => {
  const protections = { circuit_breaker: { failures: 2, open_seconds: 1 } };
  const { app, ecpds } = await world(t, { sidecar: { protections } });
  ecpds.fault = { kind: 'reset' };
  for (let i = 0; i < 20; i += 1) t.equal(await app.watch(`user${i}`), 503);
  t.equal(ecpds.asked.length, 2);
  t.equal(eventsNamed(app, 'auth.ecpds.fetch.failed').length, 2);
  t.match(eventsNamed(app, 'auth.ecpds.circuit.opened'), [
    { level: 'warn', server_index: 0, server: `${ecpds.url}/`, fetch_outcome: 'Unreachable' },
  ]);
  t.equal(eventsNamed(app, 'auth.ecpds.check.unavailable').length, 20);
  t.match(await app.series('aviso_ecpds_fetch_total{outcome="unreachable"}'), {
    'aviso_ecpds_fetch_total{outcome="unreachable"}': 20,
  });
  t.match(await app.series('aviso_ecpds_circuit_open{'), { 'aviso_ecpds_circuit_open{server_index="0"}': 1 });
  t.match(await app.series('aviso_ecpds_server_up{'), { 'aviso_ecpds_server_up{server_index="0"}': 0 });
  ecpds.fault = null;
  await until(() => eventsNamed(app, 'auth.ecpds.circuit.closed').length > 0);
  t.equal(await app.watch('alice'), 200);
  t.match(await app.series('aviso_ecpds_server_up{'), { 'aviso_ecpds_server_up{server_index="0"}': 1 });
  t.same([...new Set(ecpds.asked.slice(2))], ['user1', 'alice'], 'only a probe and a request after it');
});

t.test('beyond the queue a request is refused at once, and says where', async (t) => {
  const protections = { max_concurrent_fetches: 1, max_queued_fetches: 1 };
  const { app, ecpds } = await world(t, { sidecar: { protections } });
  ecpds.delayMs = 500;
  const waiting = [app.watch('alice')];
  await until(() => ecpds.asked.length === 1);
  waiting.push(app.watch('bob'));
  await until(
    async () =>
      (await app.series('aviso_ecpds_fetches_queued'))['aviso_ecpds_fetches_queued{server_index="0"}'] === 1,
  );
  t.equal(await app.watch('carol'), 503);
  t.same(await Promise.all(waiting), [200, 403]);
  t.match(eventsNamed(app, 'auth.ecpds.fetch.rejected'), [{ username: 'carol', server_index: 0 }]);
  t.match(eventsNamed(app, 'auth.ecpds.check.unavailable'), [
    { username: 'carol', fetch_outcome: 'Unreachable', cache_outcome: 'miss_fetched' },
  ]);
  t.match(await app.series('aviso_ecpds_fetch_total{outcome="unreachable"}'), {
    'aviso_ecpds_fetch_total{outcome="unreachable"}': 0,
  });
});

t.test(
  'a reload that changes a protection keeps lists and fetches in flight, and protects anew',
  async (t) => {
    const { app, ecpds, options } = await world(t);
    const cache = () => eventsNamed(app, 'configuration.reload.succeeded').at(-1)?.['cache'];
    t.equal(await app.watch('alice'), 200);
    ecpds.delayMs = 300;
    const inFlight = app.watch('bob', 'BAR');
    await until(() => ecpds.asked.length === 2);
    const protections = {
      refresh_ahead: {},
      circuit_breaker: { failures: 1, open_seconds: 30 },
      max_concurrent_fetches: 3,
      max_queued_fetches: 5,
    };
    await app.reload({ ...options, sidecar: { protections } });
    t.equal(cache(), 'kept');
    t.equal(await app.watch('alice'), 200);
    t.same(
      [await app.watch('bob', 'BAR'), await inFlight],
      [200, 200],
      'who asks meanwhile waits for the same',
    );
    t.same(ecpds.asked, ['alice', 'bob']);
    ecpds.delayMs = 0;
    ecpds.fault = { kind: 'status', status: 500 };
    for (let i = 0; i < 5; i += 1) t.equal(await app.watch(`user${i}`), 503);
    t.equal(ecpds.asked.length, 3, 'the circuit is open');
    t.equal(await app.watch('alice'), 200, 'and lists are not concerned');
    app.clock.advance(TTL_MS + 1);
    t.equal(await app.watch('alice'), 503, 'they live no longer than before');
  },
);

t.test('a reload by which lists would be others, or live for another time, starts empty', async (t) => {
  const { app, ecpds, options } = await world(t);
  const other = { ...options, sidecar: { protections: { max_queued_fetches: 5 } } };
  const CHANGES: readonly AppOptions[] = [
    { ...other, sidecar: { protections: { max_queued_fetches: 5, ttl_jitter: 0.1 } } },
    { ...other, ecpdsSettings: { target_field: 'title' } },
    { ...other, ecpdsSettings: { partial_outage_policy: 'any_success' } },
    { ...other, ecpdsSettings: { password: 'another-password' } },
    { ...other, ecpds: [ecpds, ecpds] },
  ];
  for (const change of CHANGES) {
    await app.reload(options);
    t.equal(await app.watch('alice'), 200);
    const before = ecpds.targets.length;
    await app.reload(change);
    t.equal(eventsNamed(app, 'configuration.reload.succeeded').at(-1)?.['cache'], 'dropped');
    await app.watch('alice');
    t.ok(ecpds.targets.length > before, 'and asks again');
  }
});

t.test('a reload that changes a protection starts anew, and stops what ran before', async (t) => {
  const breaker = (failures: number) => ({
    sidecar: { protections: { circuit_breaker: { failures, open_seconds: 1 } } },
  });
  const { app, ecpds, options } = await world(t, breaker(1));
  ecpds.fault = { kind: 'status', status: 503 };
  t.equal(await app.watch('alice'), 503);
  t.match(await app.series('aviso_ecpds_circuit_open{'), { 'aviso_ecpds_circuit_open{server_index="0"}': 1 });
  await app.reload({ ...options, sidecar: { ...breaker(1).sidecar, log_level: 'debug' } });
  t.match(await app.series('aviso_ecpds_circuit_open{'), { 'aviso_ecpds_circuit_open{server_index="0"}': 1 });
  await app.reload({ ...options, ...breaker(5) });
  t.match(await app.series('aviso_ecpds_circuit_open{'), { 'aviso_ecpds_circuit_open{server_index="0"}': 0 });
  const asked = ecpds.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  t.equal(ecpds.asked.length, asked, 'the old circuit probes no more');
});

/** Asks for a recheck. */
async function recheck(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/recheck`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

t.test('POST /recheck looks freshly, and answers per pair', async (t) => {
  const { app, ecpds } = await world(t);
  t.equal(await app.watch('alice'), 200);
  ecpds.users.set('alice', active('FOO'));
  const pairs = [
    { username: 'alice', realm: 'ecmwf', destination: 'CIP' },
    { username: 'alice', realm: 'ecmwf', destination: 'FOO' },
    { username: 'bob', realm: null, destination: 'BAR' },
  ];
  const { status, body, headers } = await recheck(app.admin, pairs, { 'x-request-id': 'batch-1' });
  t.equal(status, 200);
  t.same(body, [
    { ...pairs[0], verdict: 'deny', reason: 'DestinationNotInList' },
    { ...pairs[1], verdict: 'allow' },
    { ...pairs[2], verdict: 'allow' },
  ]);
  t.equal(headers.get('x-request-id'), 'batch-1');
  t.equal(headers.get('cache-control'), 'no-store');
  t.same(ecpds.asked, ['alice', 'alice', 'bob']);
  t.equal(await app.watch('alice'), 200, 'the cache was not touched');
  t.equal(ecpds.asked.length, 3);
  t.match(eventsNamed(app, 'auth.ecpds.recheck.finished'), [
    { level: 'info', pairs: 3, users: 2, allow: 2, deny: 1, unavailable: 0, request_id: 'batch-1' },
  ]);
  t.match(await app.series('aviso_ecpds_fetch_total{outcome="success"}'), {
    'aviso_ecpds_fetch_total{outcome="success"}': 3,
  });
  t.match(await app.series('aviso_ecpds_cache_size'), { aviso_ecpds_cache_size: 1 });
});

t.test('POST /recheck never turns a failure into an allow', async (t) => {
  const { app, ecpds } = await world(t);
  t.equal(await app.watch('alice'), 200);
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'body', body: '{"destinationList":[{"name":"CIP","active":true}],"success":"no"}' },
  ] as const) {
    ecpds.fault = fault;
    const { status, body } = await recheck(app.admin, [{ username: 'alice', destination: 'CIP' }]);
    t.equal(status, 200);
    t.match(body, [{ verdict: 'unavailable', fetch_outcome: /^[A-Z]/ }]);
  }
});

t.test('what is no batch is refused with the reason', async (t) => {
  const { app, ecpds } = await world(t);
  const pair = { username: 'alice', destination: 'CIP' };
  const refused: readonly (readonly [unknown, Record<string, string>, number])[] = [
    ['[', {}, 400],
    ['', {}, 400],
    [pair, {}, 400],
    [[{ ...pair, destination: 7 }], {}, 400],
    [Array(1001).fill(pair), {}, 400],
    [[pair], { 'content-type': 'text/plain' }, 415],
    [[{ ...pair, username: 'x'.repeat(1024 * 1024) }], {}, 413],
  ];
  for (const [body, headers, status] of refused)
    t.equal((await recheck(app.admin, body, headers)).status, status);
  t.equal(ecpds.asked.length, 0);
});

t.test('off loopback only who shows the token may recheck', async (t) => {
  const token = 'recheck-token-0123456789';
  const admin = { host: '0.0.0.0', port: 0 };
  const { app, options } = await world(t, { sidecar: { admin } });
  const pairs = [{ username: 'alice', destination: 'CIP' }];
  const bearing = (shown: string) => recheck(app.admin, pairs, { authorization: `Bearer ${shown}` });
  t.match(await recheck(app.admin, pairs), {
    status: 403,
    body: { error: 'no_recheck_token', message: /recheck_token/ },
  });
  t.equal((await bearing(token)).status, 403, 'without a token of its own nothing that is shown helps');
  await app.reload({ ...options, sidecar: { admin, recheck_token: token } });
  for (const shown of ['', 'wrong', `${token}x`, token.slice(1), token.toUpperCase()]) {
    const refused = await bearing(shown);
    t.equal(refused.status, 401, shown);
    t.equal(refused.headers.get('www-authenticate'), 'Bearer');
  }
  t.match(await bearing(token), { status: 200, body: [{ verdict: 'allow' }] });
  t.notMatch(JSON.stringify(app.events), token, 'and it is in no log line');
});

t.test('on a socket no token is needed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'authz-admin-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const socket = join(folder, 'admin.sock');
  await world(t, { sidecar: { admin: { socket } } });
  const body = JSON.stringify([{ username: 'alice', destination: 'CIP' }]);
  const headers = { 'content-type': 'application/json' };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath: socket, path: '/recheck', method: 'POST', headers }, resolve)
      .on('error', reject)
      .end(body);
  });
  t.equal(answer.statusCode, 200);
  t.match(JSON.parse(await text(answer)), [{ verdict: 'allow' }]);
});

t.test('users of a provider without ecpds_users are denied, by issuer and by realm', async (t) => {
  const provider = { algorithms: ['RS256'], jwks_uri: 'http://127.0.0.1:1/', required: false };
  const providers = [
    { name: 'in', issuer: 'https://in', realm: 'in', ecpds_users: true, ...provider },
    { name: 'out', issuer: 'https://out', realm: 'out', ...provider },
  ];
  const { app, ecpds } = await world(t, { sidecar: { identity: { providers } } });
  const pair = { username: 'alice', destination: 'CIP' };
  const { body } = await recheck(app.admin, [
    { ...pair, realm: 'in', issuer: 'https://in' },
    { ...pair, realm: 'out', issuer: 'https://out' },
    { ...pair, realm: 'out' },
    { ...pair, realm: 'in', issuer: 'https://elsewhere' },
    { ...pair, realm: 'ecmwf' },
  ]);
  t.same(
    body.map(({ verdict, reason }: { verdict: string; reason?: string }) => [verdict, reason ?? '']),
    [
      ['allow', ''],
      ['deny', 'NotAnEcpdsUser'],
      ['deny', 'NotAnEcpdsUser'],
      ['deny', 'NotAnEcpdsUser'],
      ['allow', ''],
    ],
  );
  t.same(ecpds.asked, ['alice']);
});
