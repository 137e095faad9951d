import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail } from '../../src/demo/fetch/command.js';
import { unpackDebian, withLibraries } from '../../src/demo/fetch/debian.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

/** Prometheus' own tool for its rules, or one sentence that says why there is none. */
export type PromtoolFound =
  | { readonly ok: true; readonly binary: string; readonly env: NodeJS.ProcessEnv }
  | { readonly ok: false; readonly why: string };

/**
 * Finds promtool: from PROMTOOL_BIN, else in the cache folder, filled from Debian's package when it is empty. Changes
 * nothing outside the cache folder, and never throws.
 */
export async function findPromtool({ env, log }: FindOptions): Promise<PromtoolFound> {
  const own = env['PROMTOOL_BIN'] ?? '';
  if (own !== '') return described(own, env);
  const target = join(cacheFolder(env), 'prometheus');
  const filled = await filledOnce(target, async (folder) => {
    log?.(`fetching Debian's prometheus (some 30 MB, once) into ${target}`);
    const unpacked = await unpackDebian(['prometheus'], folder, env);
    return unpacked.ok ? runs(folder, env) : unpacked;
  });
  return filled.ok ? inFolder(target, env) : { ok: false, why: filled.failure };
}

const inFolder = async (folder: string, env: NodeJS.ProcessEnv): Promise<PromtoolFound> =>
  described(join(folder, 'usr', 'bin', 'promtool'), await withLibraries(folder, env));

async function runs(folder: string, env: NodeJS.ProcessEnv): Promise<Result<null, string>> {
  const found = await inFolder(folder, env);
  return found.ok ? ok(null) : fail(found.why);
}

async function described(binary: string, env: NodeJS.ProcessEnv): Promise<PromtoolFound> {
  const { ok: ran, output } = await run(binary, ['--version'], { env, timeoutMs: 20_000 });
  return ran ? { ok: true, binary, env } : { ok: false, why: `${binary} does not run: ${tail(output)}` };
}
