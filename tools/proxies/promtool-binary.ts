import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail } from '../../src/demo/fetch/command.js';
import { unpackDebian } from '../../src/demo/fetch/debian.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

const NAME = 'promtool';

/** Prometheus' own tool for its rules, or one sentence that says why there is none. */
export type PromtoolFound =
  | { readonly ok: true; readonly binary: string }
  | { readonly ok: false; readonly why: string };

/**
 * Finds promtool: from PROMTOOL_BIN, else in the cache folder, filled from Debian's package when it is empty. Changes
 * nothing outside the cache folder, and never throws.
 */
export async function findPromtool({ env, log }: FindOptions): Promise<PromtoolFound> {
  const own = env['PROMTOOL_BIN'] ?? '';
  if (own !== '') return described(own, env);
  const target = join(cacheFolder(env), NAME);
  const filled = await filledOnce(target, async (folder) => {
    log?.(`fetching Debian's prometheus (some 30 MB, once) for ${target}`);
    const unpacked = await unpackDebian(['prometheus'], folder, env);
    return unpacked.ok ? keepPromtool(folder, env) : unpacked;
  });
  return filled.ok ? described(join(target, NAME), env) : { ok: false, why: filled.failure };
}

/** Of some 300 MB, a server and its pages for the most part, the one file that is wanted: it needs no other. */
async function keepPromtool(folder: string, env: NodeJS.ProcessEnv): Promise<Result<null, string>> {
  const found = await described(join(folder, 'usr', 'bin', NAME), env);
  if (!found.ok) return fail(found.why);
  const unwanted = await readdir(folder);
  await rename(found.binary, join(folder, NAME));
  await Promise.all(unwanted.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  return ok(null);
}

async function described(binary: string, env: NodeJS.ProcessEnv): Promise<PromtoolFound> {
  const { ok: ran, output } = await run(binary, ['--version'], { env, timeoutMs: 20_000 });
  return ran ? { ok: true, binary } : { ok: false, why: `${binary} does not run: ${tail(output)}` };
}
