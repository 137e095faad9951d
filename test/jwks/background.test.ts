import t from 'tap';
import { startAuthOTron } from '../helpers/auth-o-tron.js';
import { configFiles, start } from '../helpers/command.js';
import { startServer } from '../helpers/http-server.js';
import { signedBy, testKey } from '../helpers/keys.js';
import { startOidcIssuer } from '../helpers/oidc-issuer.js';
import { startProviderApp } from '../helpers/provider-app.js';
import { inSeconds, sign } from '../helpers/tokens.js';
import { becomes } from '../proxies/client.js';

const KEY = testKey('rsa', 'one');
const NEXT = testKey('rsa', 'two');
const provider = (issuer: string) => ({
  name: 'Gitlab',
  issuer,
  discovery: true,
  audience: 'aviso',
  realm: 'gitlab',
  username_claim: 'username',
  ecpds_users: true,
});

t.test('the process itself: keys are fetched again in the background, and it ends in order', async (t) => {
  const issuer = await startOidcIssuer(KEY);
  t.teardown(() => issuer.close());
  const { config, write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const identity = {
    refresh_seconds: 1,
    cooldown_seconds: 1,
    max_stale_seconds: 60,
    providers: [provider(issuer.issuer)],
  };
  const overlay = await write('keys.yaml', { sidecar: { identity, drain_seconds: 0 } });
  const served = start(['serve', '--config', config, '--config', overlay]);
  t.teardown(() => served.process.kill('SIGKILL'));
  t.match(await served.event('auth.jwks.keys.changed'), { kids: ['one'], oidc_provider: 'Gitlab' });
  t.ok(await becomes(() => issuer.keyRequests() >= 2), 'nobody asked for it');
  issuer.fail('down');
  const kept = await served.event('auth.jwks.refresh.old_kept', served.count());
  t.match(kept, { level: 'warn', logger: 'cloud_connector', message: /^Old JWKS re-cached/ });
  issuer.rotate(NEXT);
  issuer.fail(null);
  t.match(await served.event('auth.jwks.keys.changed', served.count()), { kids: ['two'] });
  served.process.kill('SIGTERM');
  t.equal((await served.finished).code, 0);
});

t.test('in direct mode tokens of a provider are verified here, and nobody else is disturbed', async (t) => {
  const issuer = await startOidcIssuer(KEY);
  const authOTron = await startAuthOTron();
  const app = await startProviderApp(
    { providers: [provider(issuer.issuer)] },
    { mode: 'direct', auth_o_tron_url: authOTron.url },
  );
  t.teardown(async () => {
    await app.close();
    await authOTron.close();
    await issuer.close();
  });
  t.equal(await app.status(await issuer.token({ username: 'alice' })), 200);
  t.same(authOTron.shown, [], 'auth-o-tron is not asked about it');
  const stranger = signedBy(NEXT, {
    iss: 'https://elsewhere.example',
    exp: inSeconds(60),
    username: 'alice',
  });
  t.equal(await app.status(stranger), 200, 'whoever else it is, auth-o-tron says so');
  t.same(authOTron.shown, [`Bearer ${stranger}`]);
  t.match(await app.authRequests(), { 'jwks success': 1, 'direct success': 1 });
});

t.test('what auth-o-tron answers with is, when a client sends it, judged like any other token', async (t) => {
  const issuer = await startOidcIssuer(KEY);
  const ofProvider = sign({ iss: issuer.issuer, username: 'alice' });
  const authOTron = await startServer((_request, response) =>
    response.writeHead(200, { authorization: `Bearer ${ofProvider}` }).end(),
  );
  const app = await startProviderApp(
    { providers: [provider(issuer.issuer)] },
    { mode: 'direct', auth_o_tron_url: authOTron.url },
  );
  t.teardown(() => Promise.all([app.close(), authOTron.close(), issuer.close()]));
  t.ok(await becomes(() => app.events.some((event) => event['event_name'] === 'auth.jwks.keys.changed')));
  t.equal(await app.status('opaque'), 200);
  t.equal(authOTron.requests.length, 1);
  t.equal(await app.status(ofProvider), 401, 'its iss is a provider, which did not sign it');
  t.equal(authOTron.requests.length, 1, 'and nobody else is asked');
});
