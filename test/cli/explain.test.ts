import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startApp } from '../helpers/app.js';
import { configFiles, runCommand } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { refusedUrl } from '../helpers/http-server.js';

const ask = (admin: string, ...more: string[]) =>
  runCommand(['explain', '--user', 'alice', '--destination', 'CIP', '--admin', admin, ...more]);

t.test('explain prints the cache, each server and what a request would get', async (t) => {
  const first = await startEcpds({ alice: active('CIP', 'HIDDEN') });
  const second = await startEcpds({ alice: active('FOO') });
  const app = await startApp({ ecpds: [first, second] });
  t.teardown(() => Promise.all([app.close(), first.close(), second.close()]));
  t.equal(await app.watch('alice'), 200);
  app.clock.advance(60_000);

  const held = await ask(app.admin, '--realm', 'ecmwf');
  t.equal(held.code, 0, held.err);
  t.match(held.out, /^Cache {4}listed: the list of user 'alice', realm 'ecmwf', issuer none is 60 s old/m);
  t.match(held.out, /^0 .* 200 +\d+ ms +listed +closed +success$/m);
  t.match(held.out, /^1 .* 200 +\d+ ms +not listed +closed +success$/m);
  t.match(held.out, /^ALLOW {2}user 'alice' reading 'CIP' now: the list in the cache has the destination/m);

  const elsewhere = await ask(app.admin);
  t.match(elsewhere.out, /no list of user 'alice', realm none, issuer none\n +1 held for this name under/);

  second.fault = { kind: 'status', status: 500 };
  const broken = await ask(app.admin, '--json');
  t.equal(broken.code, 3);
  t.match(JSON.parse(broken.out), {
    request_now: { verdict: 'unavailable', fetch_outcome: 'ServerError' },
    servers: [{ listed: true }, { outcome: 'http_5xx', error: 'HTTP 500' }],
  });
  t.match((await ask(app.admin)).out, /^UNAVAILABLE .*\(ServerError\)$/m);
  second.fault = null;
  first.users.delete('alice');
  const denied = await ask(app.admin);
  t.equal(denied.code, 1);
  t.match(denied.out, /^Fresh {4}deny \(DestinationNotInList\)$/m);
  for (const { out, err } of [held, elsewhere, broken, denied]) t.notMatch(out + err, /HIDDEN|FOO/);
});

t.test('explain shows the token of a file to a listener that wants it', async (t) => {
  const token = 'recheck-token-0123456789';
  const ecpds = await startEcpds({ alice: active('CIP') });
  const admin = { host: '0.0.0.0', port: 0 };
  const app = await startApp({ ecpds: [ecpds], sidecar: { admin, recheck_token: token } });
  const { write, remove } = await configFiles([ecpds.url]);
  t.teardown(() => Promise.all([app.close(), ecpds.close(), remove()]));
  const refused = await ask(app.admin);
  t.equal(refused.code, 2);
  t.match(refused.err, /HTTP 401: show sidecar\.recheck_token/);
  t.equal((await ask(app.admin, '--token-file', await write('token', `${token}\n`))).code, 0);
  const odd = await ask(app.admin, '--token-file', await write('odd', 'two words'));
  t.equal(odd.code, 2);
  t.match(odd.err, /does not hold one Bearer token/);
  const none = await ask(app.admin, '--token-file', '/nowhere/token');
  t.equal(none.code, 2);
  t.match(none.err, /cannot be read \(ENOENT\)/);
});

t.test('a socket wants no token', async (t) => {
  const socket = join(t.testdir(), 'a.sock');
  const ecpds = await startEcpds({ alice: active('CIP') });
  const sidecar = { admin: { socket }, recheck_token: 'recheck-token-0123456789' };
  const app = await startApp({ ecpds: [ecpds], sidecar });
  t.teardown(() => Promise.all([app.close(), ecpds.close()]));
  for (const admin of [socket, `unix:${socket}`]) {
    const { code, out, err } = await ask(admin);
    t.equal(code, 0, err);
    t.match(out, /^ALLOW {2}user 'alice' reading 'CIP' now/m);
  }
  const missing = await ask(`${socket}.not`);
  t.equal(missing.code, 3);
  t.match(missing.err, /no answer from \/\S+a\.sock\.not \(ENOENT\)/);
});

async function answering(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('explain says when nobody, or somebody else, is there', async (t) => {
  const refused = await ask(await refusedUrl());
  t.equal(refused.code, 3);
  t.match(refused.err, /no answer from http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
  for (const url of ['nonsense', 'file:///etc/passwd', 'http://user:secret@127.0.0.1/']) {
    const odd = await ask(url);
    t.equal(odd.code, 2, url);
    t.match(odd.err, /neither http:\/\/HOST:PORT nor the path of a Unix socket/);
  }
  const others: readonly RequestListener[] = [
    (_request, response) => response.end('<html>'),
    (_request, response) =>
      response.end('{"cache":{},"servers":[],"fresh":{},"request_now":{"verdict":"x"}}'),
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    (_request, response) => response.writeHead(404).end('{"message":"\u001b[31mred"}'),
  ];
  for (const other of others) {
    const { code, out, err } = await ask(await answering(t, other));
    t.equal(code, 2);
    t.equal(out, '');
    t.match(err, /HTTP \d+: /);
    t.notOk(err.includes('\u001b'), 'and cannot colour the terminal');
  }
});
