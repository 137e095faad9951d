import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail, which } from '../../src/demo/fetch/command.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

const BUILD_MS = 900_000;
const DOWNLOAD_MS = 300_000;

/** A program to build: its package, and the version of its module. */
export interface GoProgram {
  readonly package: string;
  readonly version: string;
}

/** Files to keep of a module: paths in it, and where they go. */
export interface GoModule {
  readonly module: string;
  readonly version: string;
  readonly keep: Readonly<Record<string, string>>;
}

/** A folder of the cache with the programs in `bin`, built from source when it is empty: minutes, once. */
export async function builtPrograms(
  name: string,
  programs: readonly GoProgram[],
  { env, log }: FindOptions,
): Promise<Result<string, string>> {
  return filledOnce(join(cacheFolder(env), name), async (folder) => {
    log?.(`building ${name} from source (minutes, once)`);
    return withGo(folder, env, async (go, goEnv) => {
      for (const { package: path, version } of programs) {
        const args = ['install', '-trimpath', '-ldflags=-s -w', `${path}@${version}`];
        const built = await run(go, args, { env: goEnv, timeoutMs: BUILD_MS });
        if (!built.ok) return fail(`go cannot build ${path}@${version}: ${tail(built.output)}`);
      }
      return ok(null);
    });
  });
}

/** A folder of the cache with files out of modules, downloaded when it is empty. */
export async function moduleFiles(
  name: string,
  modules: readonly GoModule[],
  { env, log }: FindOptions,
): Promise<Result<string, string>> {
  return filledOnce(join(cacheFolder(env), name), async (folder) => {
    log?.(`fetching ${name} out of ${modules.length} Go modules (some 20 MB, once)`);
    return withGo(folder, env, async (go, goEnv) => {
      for (const wanted of modules) {
        const kept = await keepFiles(wanted, folder, go, goEnv);
        if (!kept.ok) return kept;
      }
      return ok(null);
    });
  });
}

async function keepFiles(
  { module, version, keep }: GoModule,
  folder: string,
  go: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<null, string>> {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  const { ok: downloaded, output } = await run(go, args, { env, timeoutMs: DOWNLOAD_MS });
  const unpacked = /"Dir": "([^"]+)"/.exec(output)?.[1];
  if (!downloaded || unpacked === undefined)
    return fail(`go cannot download ${module}@${version}: ${tail(output)}`);
  for (const [from, to] of Object.entries(keep)) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await cp(join(unpacked, from), join(folder, to), { recursive: true });
  }
  return ok(null);
}

/**
 * Lets `work` use Go with everything it writes below `folder`, of which only `bin` and what `work` puts there stays. Go
 * itself is never fetched: a machine without it cannot run the checks of `deploy/`, and is told so.
 */
async function withGo(
  folder: string,
  env: NodeJS.ProcessEnv,
  work: (go: string, env: NodeJS.ProcessEnv) => Promise<Result<null, string>>,
): Promise<Result<null, string>> {
  const go = await which('go', env);
  if (go === null)
    return fail('there is no `go` on the PATH, which the checks of deploy/ need to build helm and kustomize');
  const scratch = join(folder, '.go');
  const goEnv = {
    ...env,
    GOPATH: join(scratch, 'path'),
    GOCACHE: join(scratch, 'cache'),
    GOBIN: join(scratch, 'bin'),
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  };
  const worked = await work(go, goEnv);
  if (worked.ok) await rename(goEnv.GOBIN, join(folder, 'bin')).catch(() => null); // no program, no folder
  await rm(scratch, { recursive: true, force: true });
  return worked;
}
