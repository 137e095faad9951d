import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '../../domain/result.js';

/** Where downloads are kept: `$AVISO_AUTHZ_CACHE`, or `.cache` in the project. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env['AVISO_AUTHZ_CACHE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return fileURLToPath(new URL('../../../../.cache', import.meta.url)); // from dist/src/demo/fetch
}

/** Fills an empty folder; a failure says why in one line. */
export type Fill = (folder: string) => Promise<Result<null, string>>;

/**
 * The folder, filled once. It appears in one rename when it is complete, so it is either whole or absent, also when
 * several processes fill it at the same time: the first one wins and the others take its work.
 */
export async function filledOnce(folder: string, fill: Fill): Promise<Result<string, string>> {
  if (await exists(folder)) return ok(folder);
  try {
    return await fillBeside(folder, fill);
  } catch (error) {
    return fail(`cannot write to ${dirname(folder)}: ${error instanceof Error ? error.message : error}`);
  }
}

async function fillBeside(folder: string, fill: Fill): Promise<Result<string, string>> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(join(dirname(folder), '.draft-'));
  try {
    const filled = await fill(draft);
    if (!filled.ok) return filled;
    await renameUnlessThere(draft, folder);
    return ok(folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function renameUnlessThere(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!(await exists(folder))) throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
