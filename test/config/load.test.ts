import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.js';
import { fixture, load, loaded, MINIMAL, problems } from './fixture.js';

t.test("Aviso's file is taken as it is", async (t) => {
  const { config, warnings } = await loaded([fixture('aviso.yaml')]);
  t.equal(config.ecpds, null);
  t.strictSame([...config.notification_schema.keys()], ['tracks', 'archive', 'dissemination']);
  t.match(config.notification_schema.get('archive'), { required: true, gated: false });
  t.strictSame(config.notification_schema.get('archive')?.read_roles, new Map([['members', ['*']]]));
  t.strictSame(config.notification_schema.get('tracks')?.required, false);
  t.match(warnings, [{ path: 'notification_schema', problem: /no event type is gated/ }]);
});

t.test('a small overlay gates it', async (t) => {
  const { config, warnings, sources } = await loaded([fixture('aviso.yaml'), fixture('overlay.yaml')]);
  t.match(config.notification_schema.get('dissemination'), { required: true, gated: true });
  t.equal(config.ecpds?.servers.length, 2);
  t.equal(config.sidecar.log_format, 'logfmt');
  t.strictSame(warnings, []);
  t.strictSame(sources, ['0.yaml', '1.yaml']);
});

t.test('maps are merged deeply, lists are replaced whole, null takes away', async (t) => {
  const overlay =
    'ecpds: { servers: [https://b], target_field: id }\nauth: { admin_roles: { operations: [x] } }';
  const { config } = await loaded([MINIMAL, overlay, 'ecpds: { target_field: null }', 'auth: {}']);
  t.strictSame(config.ecpds?.servers.map(String), ['https://b/']);
  t.equal(config.ecpds?.target_field, 'name');
  t.equal(config.ecpds?.username, 'sidecar');
  t.strictSame([...config.auth.admin_roles], [['operations', ['x']]]);
});

t.test('problems of all blocks and files are reported at once', async (t) => {
  const overlay = `
auth: { mode: no }
ecpds: { max_entries: 0, username: "", servers: [ftp://a] }
notification_schema: { dissemination: { auth: { plugins: [opa, ecpds] } } }
sidecar: { log_level: no }
`;
  const paths = (await problems([MINIMAL, overlay])).map(({ path }) => path).sort();
  t.strictSame(paths, [
    'auth.mode',
    'ecpds.max_entries',
    'ecpds.servers[0]',
    'ecpds.username',
    'notification_schema.dissemination.auth.plugins[0]',
    'sidecar.log_level',
  ]);
  const broken = await problems(['a: [', MINIMAL, 'b: *x'], { 'AVISOSERVER_ECPDS__SERVERS[0]': 'x' });
  t.strictSame(
    broken.map(({ path }) => path),
    ['0.yaml:1:5', 'b', 'AVISOSERVER_ECPDS__SERVERS[0]'],
  );
});

t.test('without files the variable names the file', async (t) => {
  const env = { AVISOSERVER_CONFIG_FILE: ' /etc/aviso.yaml\n' };
  const result = await loadConfig({
    files: [],
    env,
    readFile: (path) => (path === '/etc/aviso.yaml' ? MINIMAL : ''),
  });
  t.match(result, { ok: true, value: { sources: ['/etc/aviso.yaml'] } });
});

t.test('with neither it says what to do', async (t) => {
  for (const env of [{}, { AVISOSERVER_CONFIG_FILE: ' ' }]) {
    const result = await loadConfig({ files: [], env });
    t.match(result, { ok: false, failure: [{ problem: /no configuration file/, cure: /--config FILE/ }] });
  }
});

t.test('a dotted key, which Aviso would follow, is refused', async (t) => {
  t.match(await problems([MINIMAL, 'auth.enabled: false']), [{ path: 'auth', problem: /dot or bracket/ }]);
});

t.test('a likely slip in a place with keys of Aviso is warned about', async (t) => {
  const overlay = 'sidcar: {}\nnotification_schema: { open: { auht: { required: true } } }';
  const { warnings } = await loaded([fixture('aviso.yaml'), fixture('overlay.yaml'), overlay]);
  t.match(warnings, [{ path: 'notification_schema.open.auht', cure: 'did you mean auth?' }]);
  t.match((await loaded(['sidcar: {}'])).warnings[0], { path: 'sidcar', cure: 'did you mean sidecar?' });
});

t.test('files that cannot be read', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-authz-'));
  const binary = join(folder, 'binary.yaml');
  await writeFile(binary, Buffer.from([0x61, 0x3a, 0x20, 0xff]));
  const result = await loadConfig({ files: [join(folder, 'none.yaml'), folder, binary, ''], env: {} });
  t.match(result, {
    ok: false,
    failure: [
      { path: join(folder, 'none.yaml'), problem: 'the file does not exist' },
      { path: folder, problem: 'the file is a folder' },
      { path: binary, problem: 'the file is not UTF-8' },
      { path: '', problem: 'the file has an empty name' },
    ],
  });
});

t.test('trust anchors are read and looked at', async (t) => {
  const overlay = 'sidecar: { ca_file: /ca.pem }';
  const at = 'sidecar.ca_file';
  const bad = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  t.match(await load([MINIMAL, overlay]), { ok: false, failure: [{ path: at, problem: /does not exist/ }] });
  t.match(await load([MINIMAL, overlay], {}, { '/ca.pem': 'x' }), {
    failure: [{ path: at, problem: /no certificate/ }],
  });
  t.match(await load([MINIMAL, overlay], {}, { '/ca.pem': bad }), {
    failure: [{ path: at, problem: /cannot be read/ }],
  });
  t.equal((await loaded([MINIMAL])).ca, null);
});

t.test('a file with unknown keys without end is refused soon, each of them named', async (t) => {
  const keys = Array.from({ length: 30_000 }, (_, index) => `  request_timeout_ms_${index}: 1`);
  const before = process.cpuUsage();
  const found = await problems([MINIMAL, `ecpds:\n${keys.join('\n')}\n`]);
  const { user } = process.cpuUsage(before);
  t.equal(found.length, keys.length);
  t.ok(user < 10_000_000, `${user} µs`);
});
