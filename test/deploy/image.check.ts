import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { stringify } from 'yaml';
import { tokenFor } from '../../src/demo/client.js';
import { SERVICE_ACCOUNT } from '../../src/demo/ecpds.js';
import { findEnvoy } from '../../src/demo/envoy-binary.js';
import { packageInfo } from '../../src/version.js';
import { BASE } from '../../tools/deploy/base-image.js';
import { openWorkshop, said, type Workshop } from '../../tools/deploy/containers.js';
import { buildFrom, buildImage, IMAGE } from '../../tools/deploy/image.js';
import { sbom } from '../../tools/deploy/sbom.js';
import {
  configured,
  containersOf,
  type KubernetesObject,
  kubernetes,
  objectsOf,
  podOf,
} from '../helpers/deploy.js';
import { CONFINED, NETWORK, POD_IP, type Pod, startPod } from '../helpers/pod.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const options = { env: process.env, log: (line: string) => void process.stderr.write(`# ${line}\n`) };
const JWT_SECRET = '0123456789abcdef0123456789abcdef';

const PLACES = ['/var/lib/containers', '/run/libpod', '/run/crun', '/etc/cni'];
const BEFORE = new Set(PLACES.filter((path) => existsSync(path)));

const opened = await openWorkshop(options);
if (!opened.ok) throw new Error(opened.failure);
const workshop: Workshop = opened.value;
t.teardown(() => workshop.close());
const built = await buildImage(workshop, options);
if (!built.ok) throw new Error(built.failure);

/** What `podman image inspect` says, as far as it is looked at. */
interface Inspected {
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly StopSignal: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HealthCheck: { readonly Test: readonly string[] };
}

function inspected(image: string): Inspected {
  const done = workshop.run(['podman', 'image', 'inspect', image]);
  if (done.code !== 0) throw new Error(said(done));
  const [found]: Inspected[] = JSON.parse(done.out);
  if (found === undefined) throw new Error(`no image ${image}`);
  return found;
}

/** As strict as the pod: no right, nothing to write to. */
const STRICT = [
  ...CONFINED,
  ...['--network', 'none', '--read-only', '--read-only-tmpfs=false'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
];

/** What a program prints that runs as the image would, in Node. */
function inImage(script: string): unknown {
  const run = ['podman', 'run', '--rm', ...STRICT, '--entrypoint', 'node', IMAGE, '--eval', script];
  const done = workshop.run(run);
  if (done.code !== 0) throw new Error(said(done));
  return JSON.parse(done.out);
}

/** Packages that are needed in production, by the lock file: their folders and versions. */
function productionPackages(): Map<string, string> {
  const lock: {
    packages: Record<string, { version: string; dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const wanted = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
  );
  return new Map(wanted.map(([path, { version }]) => [path, version]));
}

t.test('the image is small, and says what it is', async (t) => {
  const image = inspected(IMAGE);
  const base = inspected(BASE);
  t.strictSame(
    image.RootFS.Layers.slice(0, base.RootFS.Layers.length),
    base.RootFS.Layers,
    'the base as it was',
  );
  const ownMb = (image.Size - base.Size) / 1e6;
  t.comment(`${ownMb.toFixed(1)} MB on top of the base (${(base.Size / 1e6).toFixed(0)} MB here)`);
  t.ok(ownMb < 40, `${ownMb} MB`);
  const { Config: config } = image;
  t.equal(config.User, '65532:65532');
  t.strictSame([config.Entrypoint, config.Cmd], [['node', 'dist/src/main.js'], ['serve']]);
  t.equal(config.StopSignal, 'SIGTERM');
  t.ok(config.Env.includes('NODE_ENV=production'));
  t.equal(config.Labels['org.opencontainers.image.version'], packageInfo().version);
});

t.test('it has what production needs, and no test, tool or package for development', async (t) => {
  const found = inImage(`
    const fs = require('fs');
    const packages = fs.readdirSync('/app/node_modules', { recursive: true })
      .filter((path) => /(^|node_modules\\/)(@[^/]+\\/)?[^/@]+\\/package\\.json$/.test(path))
      .map((path) => 'node_modules/' + path.slice(0, -'/package.json'.length));
    console.log(JSON.stringify({ packages, app: fs.readdirSync('/app'), dist: fs.readdirSync('/app/dist') }));
  `) as { packages: string[]; app: string[]; dist: string[] };
  t.strictSame(found.packages.sort(), [...productionPackages().keys()].sort());
  t.strictSame(found.app.sort(), [
    'LICENSE',
    'NOTICE',
    'THIRD_PARTY_LICENCES.md',
    'dist',
    'node_modules',
    'package.json',
  ]);
  t.strictSame(found.dist, ['src']);
});

t.test('the bill of materials names those packages with their versions, and no other', async (t) => {
  const { bomFormat, metadata, components } = sbom();
  t.equal(bomFormat, 'CycloneDX');
  t.match(metadata.component, { ...packageInfo(), type: 'application' });
  const listed = new Set(
    components.map(({ group, name, version }) => `${[group, name].filter(Boolean).join('/')}@${version}`),
  );
  const wanted = [...productionPackages()].map(
    ([path, version]) => `${path.replace(/^.*node_modules\//, '')}@${version}`,
  );
  t.strictSame([...listed].sort(), [...new Set(wanted)].sort());
});

t.test('it runs as nobody, without a capability, where nothing can be written', async (t) => {
  const found = inImage(`
    const fs = require('fs');
    const status = fs.readFileSync('/proc/self/status', 'utf8');
    const field = (name) => new RegExp('^' + name + ':\\\\s+(\\\\w+)', 'm').exec(status)[1];
    const attempt = (path) => { try { fs.writeFileSync(path, ''); return 'written'; } catch ({ code }) { return code; } };
    console.log(JSON.stringify({
      uid: process.getuid(), gid: process.getgid(), version: process.version,
      capabilities: field('CapEff') + field('CapBnd'), noNewPrivileges: field('NoNewPrivs'), seccomp: field('Seccomp'),
      writes: ['/x', '/app/x', '/app/dist/x', '/tmp/x', '/etc/x', '/var/tmp/x'].map(attempt),
    }));
  `) as Record<string, unknown>;
  t.match(found, { uid: 65532, gid: 65532, capabilities: /^0+$/, noNewPrivileges: '1', seccomp: '2' });
  t.match(found['version'], /^v24\./);
  t.strictSame(found['writes'], Array(6).fill('EROFS'));
});

/** Asks again until it is as wanted, or for ten seconds. */
async function eventually(ask: () => boolean): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if (ask()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

const CONFIG = {
  auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { a: ['b'] } },
  ecpds: { username: 'u', password: 'p', servers: ['https://ecpds.example.int'], match_key: 'destination' },
  notification_schema: {
    dissemination: {
      identifier: { destination: { type: 'StringHandler', required: true } },
      auth: { required: true, plugins: ['ecpds'] },
    },
  },
  sidecar: { drain_seconds: 0 },
};

t.test('it answers its health check, and ends with 0 when it is told to', async (t) => {
  const folder = join(workshop.folder, 'config');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.yaml'), stringify(CONFIG));
  const run = [
    'podman',
    'run',
    '--detach',
    '--name',
    'health',
    ...STRICT,
    '--volume',
    `${folder}:/etc/aviso:ro`,
  ];
  const started = workshop.run([...run, IMAGE, 'serve', '--config', '/etc/aviso/config.yaml']);
  if (!t.equal(started.code, 0, said(started))) return;
  const isHealthy = (): boolean => workshop.run(['podman', 'healthcheck', 'run', 'health']).code === 0;
  t.ok(await eventually(isHealthy), workshop.run(['podman', 'logs', 'health']).out);
  workshop.run(['podman', 'stop', '--time', '20', 'health']);
  t.equal(workshop.run(['podman', 'inspect', '--format', '{{.State.ExitCode}}', 'health']).out.trim(), '0');
  t.notOk(isHealthy(), 'and then it is not healthy');
  workshop.run(['podman', 'rm', 'health']);
});

/** Images under the names of the manifests: Envoy's own binary, and the stand-in for Aviso. */
async function buildNeighbours(objects: readonly KubernetesObject[]): Promise<void> {
  const envoy = await findEnvoy(options);
  if (!envoy.ok) throw new Error(envoy.why);
  const [avisoImage, envoyImage] = ['aviso', 'envoy'].map(
    (name) => containersOf(podOf(objects)).find((container) => container.name === name)?.image ?? '?',
  );
  const folder = join(workshop.folder, 'neighbours');
  mkdirSync(folder, { recursive: true });
  const dockerfile = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const front = dockerfile(
    'envoy',
    `FROM ${BASE}\nCOPY envoy /usr/local/bin/envoy\nENTRYPOINT ["/usr/local/bin/envoy"]\n`,
  );
  const standIn = `FROM localhost/${IMAGE}\nENTRYPOINT ["node", "dist/src/demo/stand-ins.js", "gateway", "8000"]\nCMD []\n`;
  const results = [
    buildFrom(workshop, front, join(envoy.binary, '..'), envoyImage ?? '?'),
    buildFrom(workshop, dockerfile('aviso', standIn), folder, avisoImage ?? '?'),
  ];
  for (const result of results) if (!result.ok) throw new Error(result.failure);
}

/** The manifests, with the stand-ins for ECPDS in place of the servers of the example. */
function withStandIns(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const servers = '[http://127.0.0.1:8101]';
  return objects.map((object) => {
    const text = object.data?.['authz.yaml'];
    if (text === undefined) return object;
    return {
      ...object,
      data: { ...object.data, 'authz.yaml': text.replace(/\[https:\/\/ecpds-1[^\]]*\]/, servers) },
    };
  });
}

/** Sends requests from inside the pod's network; prints status and code of each, or why there was no answer. */
const CLIENT = `
  const answers = [];
  for (const { url, token, destination } of JSON.parse(process.argv[1])) {
    const init = destination === undefined ? {} : { method: 'POST', body: JSON.stringify({ event_type: 'dissemination', identifier: { destination } }),
      headers: token === undefined ? {} : { authorization: 'Bearer ' + token } };
    answers.push(await fetch(url, { ...init, signal: AbortSignal.timeout(5000) }).then(
      async (answer) => { await answer.body?.cancel(); return answer.status; }, ({ cause, name }) => cause?.code ?? name));
  }
  console.log(JSON.stringify(answers));`;

interface Question {
  readonly url: string;
  readonly token?: string;
  readonly destination?: string;
}

function answers(pod: Pod, questions: readonly Question[]): (number | string)[] {
  const command = [process.execPath, '--input-type=module', '--eval', CLIENT, JSON.stringify(questions)];
  return JSON.parse(pod.inNetwork(command));
}

for (const transport of ['http', 'grpc'] as const) {
  t.test(`the rendered pod runs: one way in, and it is guarded (${transport})`, async (t) => {
    const objects = withStandIns(objectsOf(kubernetes(transport)));
    t.match(configured(objects, 'aviso-config', 'authz.yaml'), '127.0.0.1:8101');
    await buildNeighbours(objects);
    const pod = startPod(workshop, objects, {
      'ecpds-password': SERVICE_ACCOUNT.password,
      'jwt-secret': JWT_SECRET,
    });
    t.teardown(() => pod.close());
    startEcpds(workshop);

    const probes = containersOf(podOf(objects)).flatMap(({ startupProbe, livenessProbe, readinessProbe }) =>
      [startupProbe, livenessProbe, readinessProbe].flatMap((probe) => probe?.httpGet ?? []),
    );
    const urls = probes.map(({ path, port }) => ({ url: `http://${POD_IP}:${port}${path}` }));
    t.ok(urls.length >= 4);
    const isReady = (): boolean => answers(pod, urls).every((status) => status === 200);
    const logs = (): string =>
      ['authz', 'envoy', 'aviso'].map((name) => `${name}: ${pod.logs(name)}`).join('\n');
    if (!t.ok(await eventually(isReady), 'every probe is answered at the address of the pod')) {
      t.comment(logs());
      return;
    }

    const watch = { url: `http://${POD_IP}:8080/api/v1/watch` };
    const [alice, forger] = [tokenFor('alice', JWT_SECRET) ?? '', tokenFor('forger', JWT_SECRET) ?? ''];
    t.strictSame(
      answers(pod, [
        { ...watch, token: alice, destination: 'CIP' },
        { ...watch, token: alice, destination: 'SECRET' },
        { ...watch, destination: 'CIP' },
        { ...watch, token: forger, destination: 'CIP' },
        { url: `http://${POD_IP}:8080/not/a/route` },
        { url: `http://${POD_IP}:9464/metrics` },
      ]),
      [200, 403, 401, 401, 404, 200],
    );
    t.strictSame(
      answers(
        pod,
        [8000, 9002, 9003, 9901].map((port) => ({ url: `http://${POD_IP}:${port}/` })),
      ),
      Array(4).fill('ECONNREFUSED'),
      'Aviso, decisions and Envoy’s admin interface cannot be reached',
    );
    t.strictSame(answers(pod, [{ url: 'http://127.0.0.1:8000/health' }]), [200], 'although Aviso is up');

    pod.stop('authz');
    t.strictSame(
      answers(pod, [{ ...watch, token: alice, destination: 'CIP' }]),
      [503],
      'no authorizer, no answer',
    );
    t.notMatch(logs(), JWT_SECRET, 'no secret is in a log');
  });
}

function startEcpds({ folder, run }: Workshop): void {
  const data = join(folder, 'ecpds');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'destinations.json'), '{"alice":["CIP"]}');
  const args = ['--network', `container:${NETWORK}`, '--volume', `${data}:/ecpds:ro`, '--entrypoint', 'node'];
  const command = ['dist/src/demo/stand-ins.js', 'ecpds', '8101', '/ecpds/destinations.json'];
  const done = run(['podman', 'run', '--detach', '--name', 'ecpds', ...CONFINED, ...args, IMAGE, ...command]);
  if (done.code !== 0) throw new Error(said(done));
}

t.test('nothing of the work is left anywhere but in its own folder', async (t) => {
  t.ok(readdirSync(workshop.folder).includes('graph'));
  for (const path of PLACES) t.equal(existsSync(path), BEFORE.has(path), path);
});
