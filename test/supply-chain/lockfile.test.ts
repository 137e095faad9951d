import t from 'tap';
import { type Locked, lockedPackages, productionPackages } from '../../tools/deploy/sbom.js';
import { page } from '../docs/pages.js';

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
  readonly overrides: Readonly<Record<string, string | Versions>>;
}
interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Partial<Manifest>>>;
}
const MANIFEST: Manifest = JSON.parse(page('package.json').text);
const LOCK: LockFile = JSON.parse(page('package-lock.json').text);

const EXACT = /^\d+\.\d+\.\d+$/;
const DIRECT = { ...MANIFEST.dependencies, ...MANIFEST.devDependencies };

t.test('every dependency is one version: no range, no tag, no address, no folder', async (t) => {
  const overridden = Object.values(MANIFEST.overrides).flatMap((over) =>
    typeof over === 'string' ? over : Object.values(over),
  );
  for (const version of [...Object.values(DIRECT), ...overridden]) t.match(version, EXACT);
  t.ok(Object.keys(DIRECT).length > 30);
});

t.test('the lock file is in step with package.json', async (t) => {
  t.equal(LOCK.lockfileVersion, 3);
  const { dependencies, devDependencies } = LOCK.packages[''] ?? {};
  t.strictSame({ ...dependencies, ...devDependencies }, DIRECT);
  for (const [name, version] of Object.entries(DIRECT))
    t.equal(lockedPackages().get(`node_modules/${name}`)?.version, version, name);
});

t.test('every package is pinned by its digest, and by nothing that names a place', async (t) => {
  const all = [...lockedPackages()];
  t.ok(all.length > 300);
  const wrong = all.filter(([, { integrity = '', resolved, version, ...rest }]) => {
    const isPinned = /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) && resolved === undefined;
    return !isPinned || !/^\d+\.\d+\.\d+/.test(version) || 'link' in rest;
  });
  t.strictSame(
    wrong.map(([path]) => path),
    [],
  );
  t.match(page('.npmrc').text, /^omit-lockfile-registry-resolved=true$/m);
  for (const path of ['.npmrc', 'package.json', 'package-lock.json'])
    t.notMatch(page(path).text, /registry\.|"git[+:]|"file:|"link:/, path);
});

/** Why each may have one: none is run. */
const WITH_SCRIPTS = new Map([
  ['node_modules/@bufbuild/buf', 'downloads its binary, where npm has not installed it as a dependency'],
  ['node_modules/msw', 'copies a worker for browsers into projects that ask for one'],
  ['node_modules/protobufjs', 'warns of loose versions of itself'],
]);

t.test('no package of production has an install script, and none of another is run', async (t) => {
  const named = (packages: Map<string, Locked>): string[] =>
    [...packages].filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  t.strictSame(named(productionPackages()), []);
  t.strictSame(named(lockedPackages()), [...WITH_SCRIPTS.keys()]);
  t.match(page('.npmrc').text, /^ignore-scripts=true$/m);
  const installs = page('Dockerfile').text.match(/npm ci.*/g) ?? [];
  t.equal(installs.length, 2);
  for (const install of installs) t.match(install, /--ignore-scripts/, 'also where .npmrc is forgotten');
});
