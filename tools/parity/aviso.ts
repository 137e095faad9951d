import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../src/demo/fetch/cache.js';

/** The gateway this project is measured against. */
export const AVISO_VERSION = '0.7.1';

export interface RunningAviso {
  stop(): Promise<void>;
}

/** Aviso with its ECPDS plugin: from AVISO_BIN, else built once from crates.io into the cache folder (minutes). */
export async function findAviso(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<string> {
  const chosen = env['AVISO_BIN'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const root = join(cacheFolder(env), `aviso-server-${AVISO_VERSION}`);
  const binary = join(root, 'bin', 'aviso_server');
  if (!existsSync(binary)) {
    log(`building aviso-server ${AVISO_VERSION} with cargo into ${root}: some minutes, once`);
    await build(root, env);
  }
  return binary;
}

/** Its documentation page wants an archive that is not on crates.io, but the crate of the same pages carries it. */
async function build(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const archive = await swaggerArchive(join(root, 'pages'), env);
  const args = [
    'install',
    'aviso-server',
    '--version',
    AVISO_VERSION,
    '--features',
    'ecpds',
    '--locked',
    '--root',
    root,
  ];
  const options = {
    env: { ...env, SWAGGER_UI_DOWNLOAD_URL: `file://${archive}` },
    stdio: 'inherit' as const,
  };
  if (spawnSync('cargo', args, options).status !== 0) throw new Error('cargo could not build aviso-server');
}

async function swaggerArchive(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  await mkdir(join(folder, 'src'), { recursive: true });
  const manifest =
    '[package]\nname = "pages"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nutoipa-swagger-ui-vendored = "0.1"\n';
  await writeFile(join(folder, 'Cargo.toml'), manifest);
  await writeFile(join(folder, 'src', 'main.rs'), 'fn main() {}\n');
  if (spawnSync('cargo', ['fetch'], { cwd: folder, env, stdio: 'inherit' }).status !== 0) {
    throw new Error('cargo could not fetch the pages of aviso-server');
  }
  const sources = join(env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'registry', 'src');
  const found = readdirSync(sources, { recursive: true, encoding: 'utf8' }).find((path) =>
    /utoipa-swagger-ui-vendored-[^/]+\/res\/[^/]+\.zip$/.test(path),
  );
  if (found === undefined) throw new Error('the pages of aviso-server are not where cargo puts them');
  return join(sources, found);
}

const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 100;

/** Starts Aviso with a configuration file and waits until it answers. */
export async function startAviso(binary: string, configFile: string, port: number): Promise<RunningAviso> {
  const env = { ...process.env, AVISOSERVER_CONFIG_FILE: configFile, RUST_LOG: 'error' };
  const child = spawn(binary, [], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    await exited;
    clearTimeout(timer);
  };
  for (let waited = 0; waited < READY_TIMEOUT_MS; waited += POLL_MS) {
    const healthy = await fetch(`http://127.0.0.1:${port}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return { stop };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await stop();
  throw new Error('Aviso did not become ready');
}
