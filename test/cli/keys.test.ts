import t from 'tap';
import { configFiles, runCommand } from '../helpers/command.js';
import { refusedUrl, startServer } from '../helpers/http-server.js';
import { keySet, testKey } from '../helpers/keys.js';

const key = testKey('p256', 'one');
const odd = testKey('p256', 'two\u001b[31m');

t.test('keys asks every provider and says what each said', async (t) => {
  const server = await startServer((_request, response) =>
    response.end(Buffer.from(keySet(key.jwk, odd.jwk, { ...testKey('rsa').jwk, use: 'enc' }))),
  );
  t.teardown(server.close);
  const { config, write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const provider = (name: string, jwks_uri: string) => ({
    name,
    issuer: `https://${name}.example`,
    jwks_uri,
    audience: 'aviso',
    realm: name,
    algorithms: ['ES256'],
  });
  const overlay = (...providers: readonly unknown[]) =>
    write('keys.yaml', { sidecar: { identity: { providers } } });

  const up = await overlay(provider('Gitlab', server.url));
  const fine = await runCommand(['keys', '--config', config, '--config', up]);
  t.equal(fine.code, 0, fine.err);
  t.match(fine.out, /^provider +status +latency +keys +outcome$/m);
  t.match(fine.out, /^Gitlab +200 +\d+ ms +2 +success$/m);
  t.match(fine.out, /^ {2}one$/m);
  t.match(fine.out, /a key left out: not for signing/);
  t.notOk(fine.out.includes('\u001b'), 'an id cannot colour the terminal');

  const mixed = await overlay(provider('Gitlab', server.url), provider('CustomersDot', await refusedUrl()));
  const broken = await runCommand(['keys', '--config', config, '--config', mixed]);
  t.equal(broken.code, 3);
  t.match(broken.out, /^CustomersDot +- +\d+ ms +- +unreachable \(ECONNREFUSED\)$/m);
  const json = await runCommand(['keys', '--json', '--config', config, '--config', mixed]);
  t.equal(json.code, 3);
  t.match(JSON.parse(json.out), [
    {
      oidc_provider: 'Gitlab',
      status: 200,
      latency_ms: Number,
      keys: 2,
      kids: ['one', odd.kid],
      outcome: 'success',
    },
    { oidc_provider: 'CustomersDot', status: null, keys: null, kids: [], outcome: 'unreachable' },
  ]);
});

t.test('without providers there is nobody to ask', async (t) => {
  const { config, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const result = await runCommand(['keys', '--config', config]);
  t.equal(result.code, 2);
  t.match(result.err, /no key providers/);
});

t.test(
  'validate tells how long a withdrawn key is believed, and which provider takes any token',
  async (t) => {
    const { config, write, remove } = await configFiles(['https://ecpds.example']);
    t.teardown(remove);
    const provider = { name: 'Gitlab', issuer: 'https://gitlab.example', discovery: true, realm: 'gitlab' };
    const overlay = await write('keys.yaml', {
      sidecar: { identity: { refresh_seconds: 600, max_stale_seconds: 7200, providers: [provider] } },
    });
    const text = await runCommand(['validate', '--config', config, '--config', overlay]);
    t.equal(text.code, 0, text.err);
    t.match(text.out, /refused within 610 s while its provider answers, and within 7200 s while it does not/);
    t.match(text.out, /providers\[0\]\.audience: is not set: ANY token/);
    const json = await runCommand(['validate', '--json', '--config', config, '--config', overlay]);
    t.match(JSON.parse(json.out), { key_withdrawal_seconds: { answering: 610, failing: 7200 } });
  },
);
