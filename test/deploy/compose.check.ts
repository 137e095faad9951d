import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { SERVICE_ACCOUNT } from '../../src/demo/ecpds.js';
import { openWorkshop, said } from '../../tools/deploy/containers.js';
import { IMAGE } from '../../tools/deploy/image.js';
import { findPythonTools } from '../../tools/deploy/python-tools.js';
import { schemaFolder } from '../helpers/custom-resources.js';
import { DEPLOY } from '../helpers/deploy.js';

const FOLDER = join(DEPLOY, 'compose');
const FILE = join(FOLDER, 'compose.yaml');

interface Service {
  readonly image: string;
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}
const compose: Compose = parse(readFileSync(FILE, 'utf8'), { merge: true, maxAliasCount: -1 });
const GUARDED = ['authz', 'aviso', 'ecpds-1', 'ecpds-2'];

t.test('it is a compose file by the specification', async (t) => {
  const schema = JSON.parse(readFileSync(join(schemaFolder(), 'compose-spec.json'), 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(schema);
  t.ok(validate(compose), ajv.errorsText(validate.errors));
  t.notOk(validate({ services: { x: { image: 'x', portz: [] } } }), 'a misspelled key would be seen');
});

t.test('podman-compose reads it, with the real podman', async (t) => {
  const python = await findPythonTools({ env: process.env });
  if (!python.ok) throw new Error(python.failure);
  const workshop = await openWorkshop({ env: process.env });
  if (!workshop.ok) throw new Error(workshop.failure);
  t.teardown(() => workshop.value.close());
  const packages = `PYTHONPATH=${python.value.env['PYTHONPATH']}`;
  const command = ['env', packages, python.value.python, '-m', 'podman_compose', '--file', FILE, 'config'];
  const done = workshop.value.run(command, { cwd: FOLDER });
  t.equal(done.code, 0, said(done));
  const read: Compose = parse(done.out);
  t.strictSame(Object.keys(read.services).sort(), Object.keys(compose.services).sort());
});

t.test(
  'nothing but Envoy, the metrics and the pages for people can be reached, and from this host only',
  async (t) => {
    for (const name of GUARDED) {
      const service = compose.services[name];
      t.equal(service?.network_mode, 'service:envoy', name);
      t.notOk(service?.ports, `${name} gives out no port`);
    }
    const given = Object.values(compose.services).flatMap(({ ports }) => ports ?? []);
    t.strictSame(given.sort(), [8080, 9464, 9090, 3000].map((port) => `127.0.0.1:${port}:${port}`).sort());
    const { environment } = compose.services['authz'] ?? {};
    t.strictSame(
      Object.keys(environment ?? {}).filter((name) => name.endsWith('__HOST')),
      ['AVISOSERVER_SIDECAR__ADMIN__HOST'],
      'decisions stay on loopback',
    );
  },
);

t.test('every container is confined, and secrets are files that are not in the project', async (t) => {
  for (const [name, { read_only, cap_drop }] of Object.entries(compose.services)) {
    t.equal(read_only, true, name);
    t.strictSame(cap_drop, ['ALL'], name);
  }
  for (const { file } of Object.values(compose.secrets)) {
    const ignored = spawnSync('git', ['check-ignore', '--quiet', join(FOLDER, file)], { cwd: FOLDER });
    t.equal(ignored.status, 0, `${file} would not be committed`);
  }
  t.strictSame(compose.services['authz']?.secrets, Object.keys(compose.secrets));
});

t.test('every file that is mounted is there, and the image is the one of this version', async (t) => {
  for (const [name, { image, volumes = [] }] of Object.entries(compose.services)) {
    const files = volumes
      .filter((volume) => volume.startsWith('.'))
      .map((volume) => volume.split(':')[0] ?? '');
    for (const file of files) t.ok(existsSync(join(FOLDER, file)), `${name}: ${file}`);
    if (GUARDED.includes(name)) t.equal(image, IMAGE);
  }
});

t.test('the authorizer takes its configuration, and asks the stand-ins', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authz-compose-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const files = ['config.yaml', 'authz.yaml'].map((name) => join(FOLDER, 'config', name));
  const env = {
    AVISOSERVER_ECPDS__PASSWORD: SERVICE_ACCOUNT.password,
    AVISOSERVER_AUTH__JWT_SECRET: '0123456789abcdef0123456789abcdef',
  };
  const loaded = await loadConfig({ files, env });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  const { ecpds } = loaded.value.config;
  t.equal(ecpds?.username, SERVICE_ACCOUNT.username);
  const commands = JSON.stringify(compose.services);
  for (const server of ecpds?.servers ?? []) t.match(commands, `"ecpds","${new URL(server).port}"`);
  const warned = loaded.value.warnings.map(({ path }) => path);
  t.strictSame(warned, ['ecpds.servers[0]', 'ecpds.servers[1]'], 'stand-ins have no TLS');
  t.match(readFileSync(FILE, 'utf8'), `printf ${SERVICE_ACCOUNT.password} > secrets/ecpds-password`);
});
