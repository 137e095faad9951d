import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { configurationOf, type Ports, type SidecarSetup } from './configuration.js';
import { type Core, pinned } from './cores.js';
import { openLogPipe } from './log-pipe.js';
import { freePorts, until } from './ports.js';
import { type Running, runningChild } from './process.js';

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

/** The shipped program, in its own process. */
export interface Sidecar extends Running, Ports {
  /** Its HTTP listener. */
  readonly port: number;
}

export interface SidecarOptions extends SidecarSetup {
  readonly core: Core;
  readonly grpc?: boolean;
  readonly nodeFlags?: readonly string[];
}

/**
 * Starts `aviso-ecpds-authz serve`. Its log goes where a container's goes: into a pipe that another process empties.
 * @throws when it is not ready in time
 */
export async function startSidecar(options: SidecarOptions, parent: string): Promise<Sidecar> {
  const folder = await mkdtemp(join(parent, 'sidecar-'));
  const [http, admin, spare] = await freePorts();
  const ports = { http, admin, grpc: options.grpc === true ? spare : null };
  const config = join(folder, 'aviso.yaml');
  await writeFile(config, stringify(configurationOf(options, ports)));
  const log = openLogPipe(folder);
  const command = [...(options.nodeFlags ?? []), MAIN, 'serve', '--config', config];
  const [program, args] = pinned(options.core, process.execPath, command);
  const child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], env: plainEnvironment() });
  closeSync(log.fd);
  const running = runningChild(child, 'the sidecar');
  if (await until(() => isReady(admin), child)) return { ...running, ...ports, port: http };
  await running.stop();
  throw new Error(`the sidecar did not become ready:\n${await readFile(log.beginning, 'utf8')}`);
}

/** Without the settings that a developer's shell may hold. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(AVISO|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(entries), NODE_ENV: 'production' };
}

async function isReady(adminPort: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status === 200;
}
