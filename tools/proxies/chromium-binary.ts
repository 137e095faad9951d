import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail } from '../../src/demo/fetch/command.js';
import { unpackDebian, withLibraries } from '../../src/demo/fetch/debian.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

const NAME = 'chromium-headless-shell';
/** The browser, and letters to write with: a page looks the same on every machine. */
const PACKAGES = [NAME, 'fonts-liberation2'];

/** A Chromium without a window, or one sentence that says why there is none. */
export type ChromiumFound =
  | {
      readonly ok: true;
      readonly binary: string;
      readonly version: string;
      /** What to run it with: it may need libraries that this machine lacks. */
      readonly env: NodeJS.ProcessEnv;
    }
  | { readonly ok: false; readonly why: string };

/**
 * Finds Chromium's headless shell: from CHROMIUM_BIN, else in the cache folder, filled from Debian's packages when it is
 * empty. Changes nothing outside the cache folder, and never throws.
 */
export async function findChromium({ env, log }: FindOptions): Promise<ChromiumFound> {
  const own = env['CHROMIUM_BIN'] ?? '';
  if (own !== '') return described(own, env);
  const target = join(cacheFolder(env), NAME);
  const filled = await filledOnce(target, async (folder) => {
    log?.(`fetching Debian's ${PACKAGES.join(' and ')} (some 100 MB, once) into ${target}`);
    return unpackChromium(folder, env);
  });
  return filled.ok ? describedIn(target, env) : { ok: false, why: filled.failure };
}

async function unpackChromium(folder: string, env: NodeJS.ProcessEnv): Promise<Result<null, string>> {
  const unpacked = await unpackDebian(PACKAGES, folder, env);
  if (!unpacked.ok) return unpacked;
  await writeFile(join(folder, FONTS), FONTS_CONFIG);
  const found = await describedIn(folder, env);
  return found.ok ? ok(null) : fail(found.why);
}

const FONTS = 'fonts.conf';
/** Only the fonts that were fetched, whatever else a machine has. */
const FONTS_CONFIG = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias binding="same"><family>system-ui</family><prefer><family>Liberation Sans</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
  <match target="pattern"><edit name="family" mode="append_last"><string>Liberation Sans</string></edit></match>
  <alias binding="same"><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
`;

async function describedIn(folder: string, env: NodeJS.ProcessEnv): Promise<ChromiumFound> {
  const unpacked = await withLibraries(folder, env);
  // One library looks for another in a folder of its own, by an absolute path that is none here.
  const libraries = (unpacked['LD_LIBRARY_PATH'] ?? '').split(':');
  const path = [...libraries, ...libraries.map((library) => join(library, 'pulseaudio'))].join(':');
  const own = { ...unpacked, LD_LIBRARY_PATH: path, FONTCONFIG_FILE: join(folder, FONTS) };
  return described(join(folder, 'usr', 'lib', 'chromium', NAME), own);
}

async function described(binary: string, env: NodeJS.ProcessEnv): Promise<ChromiumFound> {
  const { ok: ran, output } = await run(binary, ['--version'], { env, timeoutMs: 60_000 });
  if (!ran) return { ok: false, why: `${binary} does not run: ${tail(output)}` };
  const version = /\d+\.\d+\.\d+\.\d+/.exec(output)?.[0];
  return version === undefined
    ? { ok: false, why: `${binary} does not say its version` }
    : { ok: true, binary, version, env };
}
