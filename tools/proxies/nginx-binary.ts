import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail } from '../../src/demo/fetch/command.js';
import { unpackDebian, withLibraries } from '../../src/demo/fetch/debian.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

/** Debian's names for nginx and its JavaScript module. */
const PACKAGES = ['nginx', 'libnginx-mod-http-js'];
const MODULE = 'ngx_http_js_module.so';

/** An nginx that can run JavaScript, or one sentence that says why there is none. */
export type NginxFound =
  | {
      readonly ok: true;
      readonly binary: string;
      readonly version: string;
      /** The folder of `ngx_http_js_module.so`. */
      readonly modules: string;
      /** What to run it with: it may need libraries that this machine lacks. */
      readonly env: NodeJS.ProcessEnv;
    }
  | { readonly ok: false; readonly why: string };

/**
 * Finds nginx with njs: from NGINX_BIN and NGINX_MODULES (a folder), else in the cache folder, filled from Debian's
 * packages when it is empty. Changes nothing outside the cache folder, and never throws.
 */
export async function findNginx(options: FindOptions): Promise<NginxFound> {
  const { env } = options;
  const binary = env['NGINX_BIN'] ?? '';
  const modules = env['NGINX_MODULES'] ?? '';
  if ((binary === '') !== (modules === ''))
    return { ok: false, why: 'NGINX_BIN and NGINX_MODULES go together' };
  return binary === '' ? fromCache(options) : describe(binary, modules, env);
}

async function fromCache({ env, log }: FindOptions): Promise<NginxFound> {
  const target = join(cacheFolder(env), 'nginx-njs');
  const filled = await filledOnce(target, async (folder) => {
    log?.(`fetching Debian's ${PACKAGES.join(' and ')} (a few MB, once) into ${target}`);
    return unpackNginx(folder, env);
  });
  return filled.ok ? describeIn(target, env) : { ok: false, why: filled.failure };
}

async function unpackNginx(folder: string, env: NodeJS.ProcessEnv): Promise<Result<null, string>> {
  const unpacked = await unpackDebian(PACKAGES, folder, env);
  if (!unpacked.ok) return unpacked;
  const found = await describeIn(folder, env);
  return found.ok ? loadsModule(folder, found) : fail(found.why);
}

async function describeIn(folder: string, env: NodeJS.ProcessEnv): Promise<NginxFound> {
  const modules = join(folder, 'usr', 'lib', 'nginx', 'modules');
  return describe(join(folder, 'usr', 'sbin', 'nginx'), modules, await withLibraries(folder, env));
}

async function describe(binary: string, modules: string, env: NodeJS.ProcessEnv): Promise<NginxFound> {
  const { ok: ran, output } = await run(binary, ['-v'], { env, timeoutMs: 20_000 });
  if (!ran) return { ok: false, why: `${binary} does not run: ${tail(output)}` };
  const version = /nginx\/(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) return { ok: false, why: `${binary} does not say its version` };
  const names = await readdir(modules).catch((): string[] => []);
  if (!names.includes(MODULE)) return { ok: false, why: `there is no ${MODULE} in ${modules}` };
  return { ok: true, binary, version, modules, env };
}

/** nginx and a module of another build don't go together, and only loading it tells. */
async function loadsModule(
  folder: string,
  nginx: NginxFound & { readonly ok: true },
): Promise<Result<null, string>> {
  const config = join(folder, 'load.conf');
  const lines = [`load_module ${join(nginx.modules, MODULE)};`, `pid ${folder}/pid;`, 'events {}'];
  await writeFile(config, lines.join('\n'));
  const args = ['-t', '-c', config, '-p', folder, '-e', 'stderr'];
  const { ok: loads, output } = await run(nginx.binary, args, { env: nginx.env, timeoutMs: 20_000 });
  return loads ? ok(null) : fail(`nginx ${nginx.version} does not load its module: ${tail(output)}`);
}
