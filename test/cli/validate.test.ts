import t from 'tap';
import { configFiles, configuration, runCommand } from '../helpers/command.js';
import { SERVICE } from '../helpers/ecpds.js';
import { JWT_SECRET } from '../helpers/tokens.js';

t.test('validate says what is gated by which key, and what is risky', async (t) => {
  const { config, write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const plain = await runCommand(['validate', '--config', config]);
  t.equal(plain.code, 0);
  t.match(plain.out, /dissemination +destination +StringHandler +yes/);
  t.match(plain.out, /within 3900 s/);
  t.notMatch(plain.out, /warning/);

  const overlay = await write('risky.yaml', {
    auth: { mode: 'direct', auth_o_tron_url: 'http://auth.example', jwt_secret: 'short' },
    ecpds: { partial_outage_policy: 'any_success' },
    notification_schema: {
      dissemination: { identifier: { destination: { type: 'EnumHandler', values: ['CIP'] } } },
    },
  });
  const risky = await runCommand(['validate', '--config', config, '--config', overlay, '--json']);
  t.equal(risky.code, 0, risky.err);
  const report = JSON.parse(risky.out);
  t.match(report.event_types, [
    { event_type: 'dissemination', match_key: 'destination', rule: 'EnumHandler' },
  ]);
  const warned: string[] = report.warnings.map(({ path }: { path: string }) => path);
  for (const path of [
    'auth.auth_o_tron_url',
    'auth.jwt_secret',
    'ecpds.partial_outage_policy',
    'notification_schema.dissemination.identifier.destination',
  ]) {
    t.ok(
      warned.some((warning) => warning.startsWith(path)),
      path,
    );
  }
  const all = plain.out + risky.out;
  t.notOk(all.includes(SERVICE.password) || all.includes(JWT_SECRET), 'no secret is shown');
});

t.test('every problem of a configuration is listed at once, with its cure', async (t) => {
  const { write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const good = configuration(['http://ecpds.example']);
  const bad = await write('bad.yaml', {
    ...good,
    ecpds: { ...good.ecpds, pasword: 'x', cache_ttl_seconds: 0 },
  });
  for (const command of ['validate', 'serve']) {
    const result = await runCommand([command, '--config', bad]);
    t.equal(result.code, 2, command);
    t.match(result.err, /has 3 problems/);
    for (const path of ['ecpds.servers[0]', 'ecpds.pasword', 'ecpds.cache_ttl_seconds'])
      t.ok(result.err.includes(path));
    t.match(result.err, /-> /);
  }
  const none = await runCommand(['validate']);
  t.equal(none.code, 2);
  t.match(none.err, /AVISOSERVER_CONFIG_FILE/);
});
