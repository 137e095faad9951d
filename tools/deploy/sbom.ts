import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageInfo } from '../../src/version.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A component of a CycloneDX bill of materials, as far as it is looked at. */
export interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl?: string;
  readonly type?: string;
}

/** A software bill of materials in CycloneDX: what is installed in production. */
export interface Sbom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

/**
 * By npm, from the part of the lock file that is for production: `npm sbom --omit dev` also leaves out what production
 * shares with development. npm names the whole after the folder it stands in; it is named after the package.
 * @throws when npm cannot make one
 */
export function sbom(): Sbom {
  const folder = mkdtempSync(join(tmpdir(), 'authz-sbom-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(forProduction(read('package.json'))));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(productionLock()));
    const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
    const made = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 });
    if (made.status !== 0) throw new Error(`npm sbom: ${made.stderr}`);
    return named(JSON.parse(made.stdout));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Json = Readonly<Record<string, unknown>>;

const read = (name: string): Json => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

const forProduction = ({ devDependencies: _, ...rest }: Json): Json => rest;

/** A package as `package-lock.json` has it, as far as it is looked at. */
export interface Locked extends Json {
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Every package of the lock file by its folder, such as `node_modules/pino`; the project itself is not among them. */
export function lockedPackages(): Map<string, Locked> {
  const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Locked>> };
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

/** Those that are installed in production. */
export const productionPackages = (): Map<string, Locked> =>
  new Map([...lockedPackages()].filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true));

function productionLock(): Json {
  const lock = read('package-lock.json');
  const { '': project = {} } = lock['packages'] as Readonly<Record<string, Json>>;
  const packages = { '': forProduction(project), ...Object.fromEntries(productionPackages()) };
  return { ...lock, packages };
}

function named(found: Sbom): Sbom {
  const { name } = packageInfo();
  const component = { ...found.metadata.component, name, type: 'application' };
  return { ...found, metadata: { ...found.metadata, component } };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { name, version } = packageInfo();
  const file = join(process.cwd(), `${name}-${version}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(sbom(), null, 2)}\n`);
  process.stdout.write(`${file}\n`);
}
