import { join } from 'node:path';
import { cacheFolder, filledOnce } from '../../../src/demo/fetch/cache.js';
import { which } from '../../../src/demo/fetch/command.js';
import { unpackDebian, withLibraries } from '../../../src/demo/fetch/debian.js';

/** A program that makes load, and what to run it with: it may need libraries that this machine lacks. */
export interface Generator {
  readonly binary: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The Debian package of each load generator. */
const PACKAGES = { wrk: 'wrk', h2load: 'nghttp2-client' } as const;

/**
 * The load generator on the PATH, else Debian's, unpacked once into the cache folder; nothing is installed.
 * @throws when it cannot be had
 */
export async function findGenerator(
  name: keyof typeof PACKAGES,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<Generator> {
  const installed = await which(name, env);
  if (installed !== null) return { binary: installed, env };
  const target = join(cacheFolder(env), name);
  const filled = await filledOnce(target, (folder) => {
    log(`fetching Debian's ${PACKAGES[name]} (once) into ${target}`);
    return unpackDebian([PACKAGES[name]], folder, env);
  });
  if (!filled.ok) throw new Error(`no ${name}: ${filled.failure}`);
  return { binary: join(target, 'usr', 'bin', name), env: await withLibraries(target, env) };
}
