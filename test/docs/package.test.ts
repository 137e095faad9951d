import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { isThere, page, ROOT } from './pages.js';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly files: readonly string[];
}
const MANIFEST: Manifest = JSON.parse(page('package.json').text);
const DOCKERFILE = page('Dockerfile').text;

t.test('the npm package holds the program and what an operator needs, and no tests', async (t) => {
  const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const answer: { files: { path: string }[] }[] = JSON.parse(packed.stdout);
  const paths = answer[0]?.files.map(({ path }) => path) ?? [];
  const wanted = [
    'README.md',
    'LICENSE',
    'NOTICE',
    'package.json',
    'dist/src/main.js',
    'envoy/envoy-grpc.yaml',
    'envoy/envoy-http.yaml',
  ];
  for (const path of [...wanted, 'deploy/nginx/nginx.conf', 'deploy/nginx/authz.js'])
    t.ok(paths.includes(path), path);
  const allowed =
    /^(dist\/src\/|envoy\/|deploy\/|docs\/|proto\/|(README|CHANGELOG|LICENSE|NOTICE|package)(\.md|\.json)?$)/;
  for (const path of paths) t.match(path, allowed);
  t.strictSame(
    paths.filter((path) => /\.test\.|^dist\/(test|tools)|\.cache|\.tap/.test(path)),
    [],
  );
});

/** What the compiled program imports from outside itself. */
function imports(): Set<string> {
  const files = readdirSync(`${ROOT}dist/src`, { recursive: true, encoding: 'utf8' });
  const modules = files
    .filter((path) => path.endsWith('.js') && isThere(`src/${path.replace(/\.js$/, '.ts')}`))
    .flatMap((path) => [
      ...readFileSync(`${ROOT}dist/src/${path}`, 'utf8').matchAll(
        /^(?:import|export).*? from ['"]([^'".][^'"]*)['"]|import\('([^'.][^']*)'\)/gm,
      ),
    ]);
  return new Set(modules.map(([, still, dynamic]) => still ?? dynamic ?? ''));
}

t.test(
  'the program imports its dependencies, all of them, and nothing that is for development',
  async (t) => {
    const packages = new Set<string>();
    for (const name of imports()) {
      if (name.startsWith('node:') || builtinModules.includes(name)) continue;
      packages.add(/^(@[^/]+\/[^/]+|[^/]+)/.exec(name)?.[0] ?? name);
    }
    t.strictSame([...packages].sort(), Object.keys(MANIFEST.dependencies).sort());
  },
);

t.test('the record of dependencies has the versions that are used', async (t) => {
  const { text } = page('docs/decisions/0006-dependencies.md');
  for (const [name, version] of Object.entries({ ...MANIFEST.dependencies, ...MANIFEST.devDependencies })) {
    if (name !== '@types/node') t.match(text, `| ${name} | ${version} |`);
  }
});

t.test('the image copies what exists, runs as a number, and keeps nothing for development', async (t) => {
  const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );
  const ignore = page('.dockerignore').text.split('\n');
  for (const path of copied) {
    t.ok(isThere(path), `${path} exists`);
    t.ok(ignore.includes(`!${path}`), `${path} is not ignored`);
  }
  const runtime = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM '));
  t.match(runtime, /^USER [1-9]\d*:[1-9]\d*$/m);
  t.match(runtime, /^ENV NODE_ENV=production$/m);
  t.match(runtime, /^STOPSIGNAL SIGTERM$/m);
  t.match(runtime, /^ENTRYPOINT \["node", "dist\/src\/main\.js"\]\nCMD \["serve"\]$/m);
  t.notMatch(runtime, /^RUN /m, 'nothing is run in the last stage');
  t.match(DOCKERFILE, /RUN npm ci --omit=dev --ignore-scripts/);
  t.notMatch(DOCKERFILE, /curl|wget|apt-get/);
});

/** The command of HEALTHCHECK, which Docker runs without a shell. */
function healthCommand(): readonly string[] {
  const json = /^HEALTHCHECK[\s\S]*?CMD (\[.*\])$/m.exec(DOCKERFILE)?.[1];
  const command: string[] = JSON.parse(json ?? '[]');
  return command.slice(1);
}

/** Packages that are needed in production, by the lock file. */
function productionPackages(): string[] {
  const lock: { packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }> } =
    JSON.parse(page('package-lock.json').text);
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional, optional }]) => path !== '' && !dev && !devOptional && !optional)
    .map(([path]) => path);
}

/** The last stage of the Dockerfile in a folder, without the right to write anywhere in it. */
function imageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aviso-ecpds-authz-image-'));
  mkdirSync(join(folder, 'app'));
  cpSync(`${ROOT}package.json`, join(folder, 'app/package.json'));
  cpSync(`${ROOT}dist/src`, join(folder, 'app/dist/src'), { recursive: true });
  for (const path of productionPackages())
    cpSync(ROOT + path, join(folder, 'app', path), { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  spawnSync('chmod', ['-R', 'a+rX,a-w', folder]);
  return folder;
}

const CONFIG = `
auth: { enabled: true, mode: trusted_proxy, jwt_secret: 0123456789abcdef0123456789abcdef, admin_roles: { a: [b] } }
ecpds: { username: u, password: p, servers: [https://ecpds.example.int], match_key: destination }
notification_schema:
  dissemination:
    identifier: { destination: { type: StringHandler, required: true } }
    auth: { required: true, plugins: [ecpds] }
sidecar: { http: { port: 0 }, grpc: { port: 0 }, admin: { port: 0 }, drain_seconds: 0 }
`;

interface Runner {
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Root can be the image's user, where that one can reach Node and the folder; anybody else stays who they are. */
function runnerIn(cwd: string): Runner {
  const nobody = { cwd, uid: 65_532, gid: 65_532 };
  const isRoot = process.getuid?.() === 0;
  return isRoot && spawnSync(process.execPath, ['-e', ''], nobody).status === 0 ? nobody : { cwd };
}

function health(adminUrl: string, runner: Runner): number | null {
  const variable = `AVISO_AUTHZ_HEALTH_URL=${adminUrl}/healthz`;
  return spawnSync('env', ['-i', variable, process.execPath, ...healthCommand()], runner).status;
}

t.test('the program runs with what the image has: as nobody, where nothing can be written', async (t) => {
  const folder = imageFolder();
  t.teardown(() => {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  // An empty environment: what tap puts into that of child processes has them write reports, which nobody may here.
  const command = [process.execPath, 'dist/src/main.js', 'serve', '--config', '../config.yaml'];
  const runner = runnerIn(join(folder, 'app'));
  const child = spawn('env', ['-i', 'NODE_ENV=production', ...command], runner);
  t.teardown(() => child.kill('SIGKILL'));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  const first = await Promise.race([
    new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8'))),
    ),
    exited.then(() => ''),
  ]);
  if (!t.match(first, /startup\.listening/, errors)) return;
  const { admin }: { admin: string } = JSON.parse(first.split('\n', 1)[0] ?? '{}');
  t.equal(health(admin, runner), 0, 'the health check sees that it is up');
  child.kill('SIGTERM');
  t.equal(await exited, 0, 'SIGTERM ends it in order');
  t.equal(health(admin, runner), 1, 'the health check sees that it is gone');
});
