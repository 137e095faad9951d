import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePorts, until } from '../../../../tools/bench/world/ports.js';
import { runningChild } from '../../../../tools/bench/world/process.js';
import { configuration } from '../../../helpers/command.js';
import { FETCH_TIMEOUT_MS, TTL_MS } from '../settings.js';
import { Inspector } from './inspector.js';
import { LogReader } from './log-reader.js';

const MAIN = fileURLToPath(new URL('../../../../src/main.js', import.meta.url));
const STOP_MS = 20_000;

export interface SidecarPorts {
  readonly http: number;
  readonly grpc: number;
  readonly admin: number;
}

/** The shipped program in a process of its own, with an inspector beside. */
export interface Sidecar {
  readonly pid: number;
  readonly ports: SidecarPorts;
  readonly ecpdsPorts: readonly number[];
  readonly log: LogReader;
  readonly inspector: Inspector;
  /** A page of the admin listener, on a connection of its own. */
  page(path: string): Promise<string>;
  /** How it ended by itself, with what it said last; null while it runs. */
  ended(): string | null;
  /** Sends SIGTERM unless it has ended; the exit code, or the signal that ended it. */
  stop(): Promise<number | string>;
}

/**
 * Starts `serve` as the image does: `node dist/src/main.js serve`, `NODE_ENV=production`, its log into a pipe. The one
 * flag more is `--inspect`, by which it is looked into.
 *
 * @param saw shown each line of its log and of its error output
 */
export async function startSidecar(
  ecpdsPorts: readonly number[],
  saw: (where: string, line: string) => void,
): Promise<Sidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-authz-soak-'));
  const [http, grpc, admin] = await freePorts();
  const ports = { http, grpc, admin };
  const config = join(folder, 'aviso.yaml');
  await writeFile(config, stringify(configurationOf(ecpdsPorts, ports)));
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', MAIN, 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  });
  const { pid, stop } = runningChild(child, 'the sidecar');
  const log = new LogReader(child.stdout, child.stderr, saw);
  const page = (path: string): Promise<string> => pageOf(admin, path);
  const isReady = await until(async () => (await page('/readyz')) !== '' && log.inspectorUrl !== null, child);
  if (!isReady || log.inspectorUrl === null) {
    await stop();
    throw new Error(`the sidecar did not become ready: ${log.errors.join('\n')}`);
  }
  const inspector = await Inspector.connect(log.inspectorUrl);
  const terminate = async (): Promise<number | string> => {
    const code = await terminated(child, inspector);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  const ended = (): string | null => {
    const code = child.exitCode ?? child.signalCode;
    return code === null ? null : `the sidecar ended with ${code}: ${log.errors.slice(-8).join(' ')}`;
  };
  return { pid, ports, ecpdsPorts, log, inspector, page, ended, stop: terminate };
}

function configurationOf(ecpdsPorts: readonly number[], ports: SidecarPorts): unknown {
  const { sidecar: _, ecpds, ...rest } = configuration(ecpdsPorts.map((port) => `http://127.0.0.1:${port}`));
  const at = (port: number) => ({ host: '127.0.0.1', port });
  return {
    ...rest,
    ecpds: {
      ...ecpds,
      cache_ttl_seconds: TTL_MS / 1000,
      request_timeout_seconds: FETCH_TIMEOUT_MS / 1000,
      connect_timeout_seconds: FETCH_TIMEOUT_MS / 1000,
    },
    sidecar: { http: at(ports.http), grpc: at(ports.grpc), admin: at(ports.admin), drain_seconds: 0 },
  };
}

function pageOf(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${response.statusCode}`)),
      );
    });
    request.on('error', reject);
  });
}

async function terminated(child: ChildProcess, inspector: Inspector): Promise<number | string> {
  inspector.close();
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'close');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exit;
    clearTimeout(timer);
  }
  return child.exitCode ?? child.signalCode ?? 'nothing';
}
