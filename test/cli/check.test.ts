import t from 'tap';
import { configFiles, runCommand } from '../helpers/command.js';
import { active, SERVICE, startEcpds } from '../helpers/ecpds.js';
import { JWT_SECRET } from '../helpers/tokens.js';

const ask = (config: string, destination: string, ...more: string[]) =>
  runCommand([
    'check',
    '--config',
    config,
    '--user',
    'alice',
    '--event-type',
    'dissemination',
    '--destination',
    destination,
    ...more,
  ]);

t.test('check asks every server and ends with the verdict as exit code', async (t) => {
  const first = await startEcpds({
    alice: [...active('CIP'), { name: 'OLD', active: false }, { active: true }],
  });
  const second = await startEcpds({ alice: active('FOO') });
  const { config, write, remove } = await configFiles([first.url, second.url]);
  t.teardown(() => Promise.all([first.close(), second.close(), remove()]));

  const allowed = await ask(config, 'FOO');
  t.equal(allowed.code, 0);
  t.match(allowed.out, /ALLOW {2}user 'alice' reading 'FOO'/);
  t.notOk(allowed.out.includes('\u001b'), 'plain when piped');

  const denied = await ask(config, 'OLD', '--json');
  t.equal(denied.code, 1);
  t.match(JSON.parse(denied.out), {
    verdict: 'deny',
    fetch_outcome: 'success',
    servers: [
      { server_index: 0, status: 200, records: 3, inactive: 1, malformed: 1, outcome: 'success' },
      { server_index: 1, status: 200, records: 1, inactive: 0, malformed: 0, outcome: 'success' },
    ],
  });

  second.fault = { kind: 'status', status: 500 };
  const unavailable = await ask(config, 'CIP');
  t.equal(unavailable.code, 3);
  t.match(unavailable.out, /UNAVAILABLE .* no verdict under strict \(http_5xx\)/);
  t.match(unavailable.out, /500 .*http_5xx \(HTTP 500\)/);

  const tolerant = await write('overlay.yaml', { ecpds: { partial_outage_policy: 'any_success' } });
  t.equal((await ask(config, 'CIP', '--config', tolerant)).code, 0, 'any_success is content with one');
  t.equal(
    (await ask(config, 'FOO', '--config', tolerant)).code,
    1,
    'and denies what only the failing one lists',
  );

  const all = [allowed, denied, unavailable].map(({ out, err }) => out + err).join('');
  t.notOk(all.includes(SERVICE.password) || all.includes(JWT_SECRET), 'no secret is shown');
});

t.test('check says what to change when the question is wrong', async (t) => {
  const { config, remove } = await configFiles(['http://127.0.0.1:1']);
  t.teardown(remove);
  const check = (...args: string[]) => runCommand(['check', '--config', config, ...args]);

  const ungated = await check('--user', 'a', '--event-type', 'nope', '--destination', 'x');
  t.equal(ungated.code, 2);
  t.match(ungated.err, /'nope' is not gated; gated: dissemination/);
  const wildcard = await check('--user', 'a', '--event-type', 'dissemination', '--destination', '*');
  t.equal(wildcard.code, 2);
  t.match(wildcard.err, /not the wildcard/);
  t.equal((await check('--user', 'a')).code, 2, 'a missing option is a usage error');
  t.equal((await runCommand(['chekc'])).code, 2, 'so is an unknown command');
  t.equal((await runCommand(['--help'])).code, 0);
  t.match((await runCommand(['--version'])).out, /^\d+\.\d+\.\d+/);
});
