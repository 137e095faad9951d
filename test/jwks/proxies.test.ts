import { jwtVerify } from 'jose';
import t, { type Test } from 'tap';
import { bodyFor } from '../helpers/authz.js';
import { type Recorded, startRecording } from '../helpers/gateway.js';
import { missing } from '../helpers/proxies.js';
import { JWT_SECRET, sign } from '../helpers/tokens.js';
import { ENVOY_GRPC, ENVOY_HTTP, type Front, NGINX } from '../proxies/bench.js';
import { send } from '../proxies/client.js';
import { startBench } from './bench.js';

/** A gateway that knows users as Aviso does: HS256 over the shared secret and nothing else, with a minute of skew. */
async function startStrictGateway(t: Test) {
  const users: unknown[] = [];
  const gateway = await startRecording((request, response) => {
    void userOf(request).then((user) => {
      if (user !== null) users.push(user);
      response.writeHead(user === null ? 401 : 200).end(user === null ? 'who?' : 'served');
    });
  });
  t.teardown(gateway.stop);
  return { gateway, users };
}

async function userOf({ headers }: Recorded): Promise<unknown> {
  const [scheme, token = ''] = headers.authorization?.split(' ') ?? [];
  if (scheme !== 'Bearer') return null;
  const options = { algorithms: ['HS256'], clockTolerance: 60, requiredClaims: ['exp'] };
  return jwtVerify(token, Buffer.from(JWT_SECRET), options).then(
    ({ payload: { username, realm, roles } }) => ({ username, realm, roles }),
    () => null,
  );
}

async function throughProxy(t: Test, { start }: Front, port: 'port' | 'grpcPort') {
  const bench = await startBench(t, { providers: { CustomersDot: { ecpds_users: false } } });
  const { gateway, users } = await startStrictGateway(t);
  const ports = { sidecarPort: bench.app[port], gatewayPort: gateway.port };
  const proxy = await start({ ...ports, timeouts: { checkMs: 5000 } });
  t.teardown(proxy.stop);
  const ask = (token: string, destination = 'CIP') =>
    send(proxy.port, {
      headers: { authorization: `Bearer ${token}` },
      body: Buffer.from(bodyFor('dissemination', destination)),
    });
  return { ...bench, gateway, users, ask };
}

function behind(name: string, front: Front, port: 'port' | 'grpcPort', skip: string | false): void {
  if (skip !== false) return void t.pass(`behind a real ${name}`, { skip });
  t.test(`${name}: Aviso accepts what was allowed, and sees no token of a provider`, async (t) => {
    const { ask, token, users, gateway } = await throughProxy(t, front, port);
    const theirs = await token('Gitlab', { roles: ['reader'] });
    t.match(await ask(theirs), { status: 200, text: 'served' });
    t.same(users, [{ username: 'alice', realm: 'gitlab', roles: ['reader'] }]);
    t.equal(gateway.requests.length, 1);
    t.notOk(gateway.requests[0]?.rawHeaders.join().includes(theirs), 'the token of the provider stays here');
    t.match(
      await ask(sign({ username: 'alice' })),
      { status: 200 },
      'a token of the secret goes on as it is',
    );
    t.match(users[1], { username: 'alice', realm: 'ecmwf' });
  });

  t.test(`${name}: what was not allowed does not get there`, async (t) => {
    const { ask, token, gateway, issuers, unknownKey, app } = await throughProxy(t, front, port);
    t.match(await ask(await token('Gitlab'), 'OTHER'), { status: 403 });
    t.match(await ask(await token('CustomersDot')), { status: 403, text: /^{"code":"FORBIDDEN"/ });
    const forged = (await token('Gitlab')).replace(/[^.]+$/, 'AAAA');
    t.match(await ask(forged), { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    issuers.Gitlab.fail('down');
    app.clock.advance(86_400_000);
    t.equal(await unknownKey('Gitlab'), 503);
    t.match(await ask(await token('Gitlab')), { status: 503, text: /^{"code":"SERVICE_UNAVAILABLE"/ });
    t.equal(gateway.requests.length, 0);
  });
}

behind('Envoy over HTTP', ENVOY_HTTP, 'port', await missing('envoy'));
behind('Envoy over gRPC', ENVOY_GRPC, 'grpcPort', await missing('envoy'));
behind('nginx', NGINX, 'port', await missing('nginx'));
