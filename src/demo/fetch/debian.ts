import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../domain/result.js';
import { run, tail } from './command.js';

/** The C library goes with the system's own loader, and never comes out of a package unpacked elsewhere. */
const NEVER_UNPACKED = /^(libc6|libc-bin|libcrypt1)_/;

/**
 * Unpacks Debian packages, and those of their dependencies that this machine lacks, into a folder. apt works out what
 * is missing and downloads it; nothing is installed, and no file outside `folder` is written.
 */
export async function unpackDebian(
  packages: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const state = join(folder, 'apt');
  await mkdir(join(state, 'archives', 'partial'), { recursive: true });
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  const downloaded = await download(packages, state, env);
  if (!downloaded.ok) return downloaded;
  const unpacked = await unpackAll(join(state, 'archives'), folder, env);
  await rm(state, { recursive: true, force: true });
  return unpacked;
}

/** With the machine's package lists, or else with lists fetched for the occasion. */
async function download(
  packages: readonly string[],
  state: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const install = ['install', '--yes', '--download-only', '--reinstall', '--no-install-recommends'];
  const cache = privateCache(state);
  if ((await run('apt-get', [...cache, ...install, ...packages], { env })).ok) return ok(null);
  const own = [...cache, '-o', `Dir::State::lists=${join(state, 'lists')}`];
  await run('apt-get', [...own, 'update'], { env });
  const second = await run('apt-get', [...own, ...install, ...packages], { env });
  return second.ok
    ? ok(null)
    : fail(`apt-get cannot download ${packages.join(', ')}: ${tail(second.output)}`);
}

/** No lock and no cache of the system's: this works without being root, and beside an apt that is running. */
const privateCache = (state: string): readonly string[] => [
  ...['-o', `Dir::Cache=${state}`],
  ...['-o', `Dir::Cache::archives=${join(state, 'archives')}`],
  ...['-o', 'Debug::NoLocking=1'],
  ...['-o', 'APT::Sandbox::User='],
];

async function unpackAll(
  archives: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const files = (await readdir(archives)).filter(
    (name) => name.endsWith('.deb') && !NEVER_UNPACKED.test(name),
  );
  for (const file of files) {
    const unpacked = await run('dpkg-deb', ['-x', join(archives, file), folder], { env });
    if (!unpacked.ok) return fail(`cannot unpack ${file}: ${tail(unpacked.output)}`);
  }
  return ok(null);
}

/** `env` with the shared libraries of an unpacked folder added. */
export async function withLibraries(folder: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const places = await Promise.all(['lib', 'usr/lib'].map((path) => libraryFolders(join(folder, path))));
  const path = [...places.flat(), env['LD_LIBRARY_PATH'] ?? ''].filter((entry) => entry !== '').join(':');
  return path === '' ? env : { ...env, LD_LIBRARY_PATH: path };
}

/** Debian keeps libraries in a folder per architecture, like `x86_64-linux-gnu`. */
async function libraryFolders(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch((): string[] => []);
  return names.filter((name) => name.includes('-linux-gnu')).map((name) => join(parent, name));
}
