import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startApp } from '../helpers/app.js';
import { startAuthOTron } from '../helpers/auth-o-tron.js';
import { bodyFor } from '../helpers/authz.js';
import { selfSigned } from '../helpers/certificate.js';
import { runCommand } from '../helpers/command.js';
import { diagnosed } from '../helpers/diagnose.js';
import { active, type FakeEcpds, startEcpds } from '../helpers/ecpds.js';
import { refusedUrl, startServer } from '../helpers/http-server.js';
import { startProviderApp } from '../helpers/provider-app.js';
import { sign } from '../helpers/tokens.js';
import { COOLDOWN, startBench } from '../jwks/bench.js';

/** A site with two servers whose lists are kept for ten seconds, on which Alice has just read. */
async function quietSite(t: Test, ecpdsSettings: Record<string, unknown> = {}) {
  const servers = [
    await startEcpds({ alice: active('CIP') }),
    await startEcpds({ bob: active('FOO') }),
  ] as const;
  const options = { ecpds: servers, ecpdsSettings: { cache_ttl_seconds: 10, ...ecpdsSettings } };
  const app = await startApp(options);
  t.teardown(async () => {
    await app.close();
    await Promise.all(servers.map((server: FakeEcpds) => server.close().catch(() => undefined)));
  });
  t.equal(await app.watch('alice'), 200);
  const { code, text } = await diagnosed(app.admin);
  t.equal(code, 0, text);
  t.match(text, /^HEALTHY {2}Nothing is wrong: 1 request in the last 1 s, 1 allowed by a list/);
  app.clock.advance(11_000);
  return { app, servers, options };
}

t.test('a broken password is named with the first failed request', async (t) => {
  const { app, servers, options } = await quietSite(t);
  await app.reload({
    ...options,
    ecpdsSettings: { ...options.ecpdsSettings, password: 'mistyped-password' },
  });
  t.equal(await app.watch('alice'), 503);
  app.clock.advance(1_000);
  const { code, text, report } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(text, /^TROUBLE {2}503: ECPDS gives no verdict \(credentials\)\n/);
  t.ok(text.includes(`http_401 from server 0 (${servers[0].url}/) since `), text);
  t.match(text, /, for 1 s: service account: password rotated or mistyped, account revoked\n/);
  t.match(text, / {3}users {5}one\n/);
  t.match(text, / {3}next {6}aviso-ecpds-authz check --config \S+ --user USER --event-type dissemination /);
  t.match(report.diagnosis.findings, [{ symptom: 'no_verdict', cause: 'credentials', users: 'one' }]);
});

t.test('a server that stopped is named, and that it is the network', async (t) => {
  const { app, servers } = await quietSite(t);
  await servers[1].close();
  t.equal(await app.watch('alice'), 503);
  const { code, text, report } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.ok(text.includes(`unreachable from server 1 (${servers[1].url}/) since `), text);
  t.match(text, /ECONNREFUSED, which means: nobody listens, or a firewall/);
  t.match(text, /1 of 2 checks in the last 11 s got 503 \(50 %\): a few, no storm/);
  t.match(report.diagnosis.findings, [{ symptom: 'no_verdict', cause: 'network' }]);
  t.equal(report.diagnosis.findings.length, 1);
});

t.test('under any_success the server that is away is named although nobody is refused', async (t) => {
  const { app, servers } = await quietSite(t, { partial_outage_policy: 'any_success' });
  await servers[1].close();
  t.equal(await app.watch('alice'), 200);
  const { code, text } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(text, /unreachable from server 1 /);
  t.match(text, /nobody got a 503 by it in the last 11 s/);
});

t.test('a destination that was removed is a 403 by the list, of one user', async (t) => {
  const { app, servers } = await quietSite(t);
  servers[0].users.set('alice', active('OTHER'));
  t.equal(await app.watch('alice'), 403);
  const { code, text, report } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(
    text,
    /1 check denied in the last 11 s, all of one user: ECPDS answered, and no list has the destination/,
  );
  t.match(report.diagnosis.findings, [{ symptom: 'not_on_the_list', users: 'one' }]);
  t.equal(report.diagnosis.findings.length, 1);
});

t.test('what was mended a moment ago says that it may be over', async (t) => {
  const { app, servers } = await quietSite(t);
  servers[0].fault = { kind: 'status', status: 502 };
  t.equal(await app.watch('alice'), 503);
  servers[0].fault = null;
  t.equal(await app.watch('alice'), 200);
  t.match(
    (await diagnosed(app.admin)).text,
    /http_5xx, seen at .*; the last call to every server was usable/,
  );
});

t.test('a configuration that was refused is named until one is taken over', async (t) => {
  const { app, options } = await quietSite(t);
  app.refuse([{ path: 'ecpds', problem: 'is wrong', cure: 'right' }]);
  app.clock.advance(600_000);
  const { code, report } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(report.diagnosis.findings, [
    { symptom: 'stale_configuration', wrong: /was refused since .*, for 10 min; the old one runs: / },
  ]);
  await app.reload({ ...options, sidecar: { admin: { port: 1 } } });
  t.match((await diagnosed(app.admin)).report.diagnosis.findings, [
    { wrong: /only a restart takes over sidecar\.admin/ },
  ]);
  await app.reload(options);
  t.equal((await diagnosed(app.admin)).code, 0);
});

t.test('a key provider that stopped is named while old keys are in use', async (t) => {
  const { app, issuers, statuses, unknownKey } = await startBench(t);
  t.same(await statuses(), { Gitlab: 200, CustomersDot: 200 });
  t.equal((await diagnosed(app.admin)).code, 0);
  issuers.Gitlab.fail('down');
  app.clock.advance(COOLDOWN);
  t.equal(await unknownKey('Gitlab'), 503);
  const { code, text, report } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(
    text,
    /unreachable from provider Gitlab, whose keys were not fetched since .*, for 30 s: look at the provider/,
  );
  t.match(text, /old: 1 key of 30 s ago in use/);
  t.match(text, /1 request got 503 for want of a key/);
  t.match(text, /next {6}aviso-ecpds-authz keys --config \S+\n/);
  t.match(report.diagnosis.findings, [{ symptom: 'keys', cause: 'network' }]);
  t.equal(report.diagnosis.findings.length, 1, 'the other provider is well');
});

t.test('a process that waits for the first keys says so, and a look at it is no probe', async (t) => {
  const { app } = await startBench(t, { down: ['Gitlab'] });
  const notReady = () => app.events.filter((event) => event['event_name'] === 'auth.jwks.not_ready').length;
  const before = notReady();
  const { code, text } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(text, /this process is not ready: it waits for the first keys of this required provider/);
  t.equal(notReady(), before);
});

t.test('auth-o-tron that stopped is named, and ECPDS is not', async (t) => {
  const authOTron = await startAuthOTron();
  const app = await startProviderApp({}, { mode: 'direct', auth_o_tron_url: authOTron.url });
  t.teardown(() => app.close());
  t.equal(await app.status(sign({ username: 'alice' })), 200);
  t.equal((await diagnosed(app.admin)).code, 0);
  await authOTron.close();
  t.equal(await app.status(sign({ username: 'alice' })), 503);
  const { code, text, report } = await diagnosed(app.admin);
  t.equal(code, 1);
  t.match(text, /^TROUBLE {2}503: auth-o-tron gives no answer \(upstream\)\n/);
  t.ok(text.includes(`curl -i -H 'Authorization: Bearer TOKEN' ${authOTron.url}/authenticate\n`), text);
  t.equal(report.diagnosis.findings.length, 1);
});

t.test(
  'requests without the match key, and tokens that nobody accepts, are told from the rest',
  async (t) => {
    const app = await startProviderApp({});
    t.teardown(() => app.close());
    const watch = (token: string, body: Uint8Array) =>
      fetch(`http://127.0.0.1:${app.port}/api/v1/watch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: Buffer.from(body),
      });
    t.equal(
      (
        await watch(
          sign({ username: 'alice' }, 'another-secret-of-at-least-32-bytes'),
          bodyFor('dissemination', 'CIP'),
        )
      ).status,
      401,
    );
    t.match((await diagnosed(app.admin)).report.diagnosis.findings, [
      { symptom: 'unauthorized', wrong: /^1 token refused in the last 1 s, and none accepted: / },
    ]);
    t.equal((await watch(sign({ username: 'alice' }), bodyFor('dissemination'))).status, 403);
    t.match((await diagnosed(app.admin)).report.diagnosis.findings, [
      { symptom: 'match_key_missing', cause: 'configuration', users: 'one' },
    ]);
  },
);

t.test('an open circuit is named while its server is not called', async (t) => {
  const ecpds = await startEcpds();
  const app = await startApp({
    ecpds: [ecpds],
    sidecar: { protections: { circuit_breaker: { failures: 1, open_seconds: 30 } } },
  });
  t.teardown(() => Promise.all([app.close(), ecpds.close()]));
  ecpds.fault = { kind: 'status', status: 503 };
  t.equal(await app.watch('alice'), 503);
  t.equal(await app.watch('bob'), 503);
  const { text } = await diagnosed(app.admin);
  t.match(text, /http_5xx from server 0 .*: ECPDS itself\n/);
  t.match(text, /its circuit is open: it is not called any more, only probed/);
  t.match(text, /fetches in the last 1 s: http_5xx 2, success 0/);
  t.match(text, /users {5}a few\n/);
});

t.test('a process that is not there is a diagnosis, too', async (t) => {
  const url = await refusedUrl();
  const { code, text, report } = await diagnosed(url);
  t.equal(code, 3);
  t.match(text, /^TROUBLE {2}503 and nothing moves here \(sidecar\)\n/);
  t.ok(text.includes(`nothing listens on ${url} (ECONNREFUSED)`), text);
  t.match(text, /next {6}aviso-ecpds-authz validate --config CONFIG/);
  t.match(text, /runbook {3}docs\/runbook\.md#503-and-nothing-moves-here/);
  t.equal(report.situation, null);
  t.match(
    (await diagnosed(join(tmpdir(), 'no-such.sock'))).text,
    /nothing listens on .*no-such\.sock \(ENOENT\)/,
  );
  t.match((await diagnosed('http://no-such-host.invalid:9464')).text, /cannot be reached \(E/);
});

t.test('so is something else that answers there', async (t) => {
  const answers: readonly RequestListener[] = [
    (_request, response) => void response.writeHead(404).end('{}'),
    (_request, response) => void response.end('<html>'),
    (_request, response) => void response.end('{"diagnosis":{"verdict":"healthy"},"situation":{}}'),
    (_request, response) =>
      void response.end(
        '{"diagnosis":{"verdict":"trouble","summary":"","figures":[],"findings":[{}]},"situation":{}}',
      ),
    (request) => void request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  ];
  for (const answer of answers) {
    const server = await startServer(answer);
    const { code, text } = await diagnosed(server.url);
    t.equal(code, 3, text);
    t.match(text, /what answers on .* is not this version of aviso-ecpds-authz/);
    await server.close();
  }
});

t.test('a process that takes the connection and hangs is given up', async (t) => {
  const server = createTcpServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { code, out } = await runCommand(['diagnose', '--admin', `http://127.0.0.1:${port}`]);
  server.close();
  t.equal(code, 3);
  t.match(out, /takes the connection and does not answer \(no answer within 5000 ms\)/);
  t.match(out, new RegExp(`curl -i --max-time 5 127.0.0.1:${port}/healthz`));
});

t.test('something with TLS may stand before it', async (t) => {
  const { cert, key } = selfSigned();
  const ecpds = await startEcpds();
  const app = await startApp({ ecpds: [ecpds] });
  const before = createTlsServer({ cert, key }, (request, response) => {
    void fetch(`${app.admin}${request.url}`).then(async (answer) => response.end(await answer.text()));
  });
  before.listen(0, '127.0.0.1');
  await once(before, 'listening');
  const address = before.address();
  const admin = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  t.teardown(() => Promise.all([app.close(), ecpds.close(), before.close()]));
  const ca = join(t.testdir({ 'ca.pem': cert }), 'ca.pem');
  const trusted = await runCommand(['diagnose', '--admin', admin], { NODE_EXTRA_CA_CERTS: ca });
  t.equal(trusted.code, 0, trusted.err);
  const untrusted = await runCommand(['diagnose', '--admin', admin]);
  t.equal(untrusted.code, 3);
  t.match(untrusted.out, /cannot be reached \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  t.match((await diagnosed(app.admin.replace('http:', 'https:'))).text, /is not this version/);
});

t.test('a socket is asked like an address', async (t) => {
  const socket = join(t.testdir(), 'admin.sock');
  const ecpds = await startEcpds();
  const app = await startApp({ ecpds: [ecpds], sidecar: { admin: { socket } } });
  t.teardown(() => Promise.all([app.close(), ecpds.close()]));
  for (const admin of [socket, `unix:${socket}`]) t.equal((await diagnosed(admin)).code, 0);
});

t.test('what answers cannot command the terminal', async (t) => {
  const finding = {
    symptom: 'quiet',
    title: 'a\u001b[2J',
    section: 's',
    cause: 'c',
    wrong: 'w\u202e',
    evidence: ['e\nTROUBLE'],
    users: null,
    next: 'rm\r',
  };
  const diagnosis = { verdict: 'trouble', summary: '', findings: [finding], figures: ['f\u0007'] };
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ diagnosis, situation: {} })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const { text } = await diagnosed(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  server.close();
  for (const letter of ['\u001b', '\u202e', '\u0007', '\r']) t.notOk(text.includes(letter));
  t.match(text, /a\?\[2J/);
  t.notMatch(text, /^TROUBLE$/m);
});

t.test('the command line has it, with its exit codes and colours only on a terminal', async (t) => {
  const ecpds = await startEcpds();
  const app = await startApp({ ecpds: [ecpds] });
  t.teardown(() => Promise.all([app.close(), ecpds.close()]));
  const healthy = await runCommand(['diagnose', '--admin', app.admin]);
  t.equal(healthy.code, 0, healthy.err);
  t.match(healthy.out, /^HEALTHY {2}/);
  const json = await runCommand(['diagnose', '--json', '--admin', app.admin]);
  t.match(JSON.parse(json.out), { diagnosis: { verdict: 'healthy' }, situation: { gatedEventTypes: 1 } });
  for (const admin of [
    'localhost:9464',
    'file:///etc',
    'http://u:p@127.0.0.1',
    'http://h/status',
    'http://h/?',
  ])
    t.match(await runCommand(['diagnose', '--admin', admin]), {
      code: 2,
      err: /neither http:\/\/HOST:PORT nor/,
    });
});
