import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { listening } from '../../../src/demo/server.js';
import { configurationOf, type Ports, type SidecarSetup } from './configuration.js';
import { type Core, pinned } from './cores.js';
import { runningChild, type Serving } from './process.js';

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));
const READY_MS = 20_000;

/** The shipped program, in its own process. */
export interface Sidecar extends Serving {
  readonly adminPort: number;
}

export interface SidecarOptions extends SidecarSetup {
  readonly core: Core;
  /** Where its files are written. */
  readonly folder: string;
  readonly nodeFlags?: readonly string[];
}

/**
 * Starts `aviso-ecpds-authz serve`. Its log goes where a container's goes: into a pipe that another process empties.
 * @throws when it is not ready in time
 */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const folder = await mkdtemp(join(options.folder, 'sidecar-'));
  const ports = await freePorts();
  const config = join(folder, 'aviso.yaml');
  await writeFile(config, stringify(configurationOf(options, ports)));
  const log = openLog(folder);
  const command = [...(options.nodeFlags ?? []), MAIN, 'serve', '--config', config];
  const [program, args] = pinned(options.core, process.execPath, command);
  const child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], env: plainEnvironment() });
  closeSync(log.fd);
  const running = runningChild(child, 'the sidecar');
  const sidecar = { ...running, port: ports.http, adminPort: ports.admin };
  if (await ready(ports.admin)) return sidecar;
  await running.stop();
  throw new Error(`the sidecar did not become ready:\n${await readFile(log.beginning, 'utf8')}`);
}

/** A pipe, whose reader keeps the beginning for error messages and drops the rest. */
function openLog(folder: string): { readonly fd: number; readonly beginning: string } {
  const [pipe, beginning] = [join(folder, 'log'), join(folder, 'log.beginning')];
  execFileSync('mkfifo', [pipe]);
  const reader = 'head -c 20000 > "$2"; exec cat > /dev/null';
  spawn('sh', ['-c', `exec < "$1"; ${reader}`, 'log', pipe, beginning], { stdio: 'ignore' });
  return { fd: openSync(pipe, 'w'), beginning }; // the reader ends with the writer
}

/** Without the settings that a developer's shell may hold. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(AVISO|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(entries), NODE_ENV: 'production' };
}

async function ready(adminPort: number): Promise<boolean> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await pause(25)) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => null);
    if (answer?.status === 200) return true;
  }
  return false;
}

/** Ports that were free a moment ago. */
async function freePorts(): Promise<Ports> {
  const servers = [await listening(createServer()), await listening(createServer())] as const;
  for (const server of servers) await server.close();
  return { http: servers[0].port, admin: servers[1].port };
}
