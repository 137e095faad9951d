import t, { type Test } from 'tap';
import { type AppOptions, startApp } from './helpers/app.js';
import { active, startEcpds } from './helpers/ecpds.js';
import { until } from './helpers/until.js';

async function world(t: Test, options: Omit<AppOptions, 'ecpds'> = {}) {
  const first = await startEcpds({ alice: active('CIP', 'HIDDEN'), bob: active('BAR') });
  const second = await startEcpds({ alice: active('FOO') });
  const all: AppOptions = { ...options, ecpds: [first, second] };
  const app = await startApp(all);
  t.teardown(async () => {
    await app.close();
    await Promise.all([first.close(), second.close()]);
  });
  const explain = async (question: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${app.admin}/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(question),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };
  return { app, first, second, options: all, explain };
}

const ALICE = { username: 'alice', realm: 'ecmwf', destination: 'CIP' };

t.test('POST /explain joins the cache and a fresh look, and touches nothing', async (t) => {
  const protections = { refresh_ahead: { after_ratio: 0.1 } };
  const { app, first, second, explain } = await world(t, { sidecar: { protections } });
  const before = await explain(ALICE, { 'x-request-id': 'why-1' });
  t.equal(before.status, 200);
  t.match(before.body, {
    ...ALICE,
    issuer: null,
    cache: { held: false, age_seconds: null, remaining_seconds: null, listed: null, fetch_in_flight: false },
    servers: [
      { server_index: 0, server: `${first.url}/`, status: 200, outcome: 'success', listed: true },
      { server_index: 1, server: `${second.url}/`, status: 200, outcome: 'success', listed: false },
    ],
    fresh: { verdict: 'allow' },
    request_now: { from: 'fresh', verdict: 'allow', why: /no list is in the cache.*a server lists/ },
  });
  t.equal(before.headers.get('x-request-id'), 'why-1');
  t.equal(before.headers.get('cache-control'), 'no-store');
  t.match(await app.series('aviso_ecpds_cache_size'), { aviso_ecpds_cache_size: 0 });

  t.equal(await app.watch('alice'), 200);
  app.clock.advance(100_000);
  first.users.set('alice', active('OTHER'));
  const held = await explain(ALICE);
  t.match(held.body, {
    cache: { held: true, age_seconds: 100, remaining_seconds: 200, listed: true },
    fresh: { verdict: 'deny', reason: 'DestinationNotInList' },
    request_now: { from: 'cache', verdict: 'allow', why: /has the destination.*any more/ },
  });
  const asked = first.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(first.asked.length, asked, 'no refresh is started');
  t.match((await explain({ ...ALICE, realm: null })).body.cache, {
    held: false,
    other_lists_of_this_name: 1,
  });
  t.equal(await app.watch('alice'), 200, 'the cache was not touched');
  const all = [before.text, held.text, JSON.stringify(app.events)].join('');
  t.notMatch(all, /HIDDEN|OTHER|FOO/, 'no other destination is shown or logged');
  t.match(
    app.events.filter(({ event_name }) => event_name === 'auth.ecpds.explain.finished'),
    [
      {
        username: 'alice',
        destination: 'CIP',
        verdict: 'allow',
        fresh_verdict: 'allow',
        request_id: 'why-1',
      },
      { verdict: 'allow', fresh_verdict: 'deny' },
      { verdict: 'deny', fresh_verdict: 'deny' },
    ],
  );
});

t.test('POST /explain names the server that fails', async (t) => {
  const { second, explain } = await world(t);
  second.fault = { kind: 'status', status: 401 };
  t.match((await explain(ALICE)).body, {
    servers: [
      { listed: true, circuit_open: false },
      { server: `${second.url}/`, status: 401, outcome: 'http_401', error: 'HTTP 401', listed: null },
    ],
    request_now: { from: 'fresh', verdict: 'unavailable', fetch_outcome: 'Unauthorized', why: /not enough/ },
  });
});

t.test('users of a provider without ecpds_users are told so', async (t) => {
  const provider = { algorithms: ['RS256'], jwks_uri: 'http://127.0.0.1:1/', required: false };
  const providers = [{ name: 'out', issuer: 'https://out', realm: 'out', ...provider }];
  const { first, explain } = await world(t, { sidecar: { identity: { providers } } });
  t.match((await explain({ ...ALICE, realm: 'out', issuer: 'https://out' })).body, {
    servers: [],
    request_now: { from: 'namespace', verdict: 'deny', reason: 'NotAnEcpdsUser', why: /ecpds_users/ },
  });
  t.equal(first.asked.length, 0);
});

t.test('it is guarded as POST /recheck is', async (t) => {
  const token = 'recheck-token-0123456789';
  const admin = { host: '0.0.0.0', port: 0 };
  const { app, options, explain, first } = await world(t, { sidecar: { admin } });
  t.match(await explain(ALICE), { status: 403, body: { error: 'no_recheck_token' } });
  await app.reload({ ...options, sidecar: { admin, recheck_token: token } });
  t.equal((await explain(ALICE)).status, 401);
  t.equal((await explain(ALICE, { authorization: `Bearer ${token}x` })).status, 401);
  t.equal(first.asked.length, 0);
  t.equal((await explain(ALICE, { authorization: `Bearer ${token}` })).status, 200);
  const bearing = { authorization: `Bearer ${token}` };
  t.match(await explain([ALICE], bearing), { status: 400, body: { error: 'invalid_question' } });
  t.equal((await explain(ALICE, { ...bearing, 'content-type': 'text/plain' })).status, 415);
});

t.test('a few questions at once, and no more', async (t) => {
  const { first, explain } = await world(t);
  first.delayMs = 2000;
  const running = Array.from({ length: 4 }, () => explain(ALICE));
  await until(() => first.asked.length === 4);
  t.match(await explain(ALICE), { status: 429, body: { error: 'busy' } });
  for (const { status } of await Promise.all(running)) t.equal(status, 200);
  first.delayMs = 0;
  t.equal((await explain(ALICE)).status, 200, 'and the next is answered again');
});
