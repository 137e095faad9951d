import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { configFiles } from '../../helpers/command.js';
import { type FakeEcpds, SERVICE, startEcpds } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { SecretWatch } from '../secrets/watch.js';
import { LISTS } from './people.js';

const MAIN = new URL('../../../src/main.js', import.meta.url).pathname;
const SCALED_MAIN = new URL('./scaled-serve.js', import.meta.url).pathname;

/** The ports of the three listeners. */
export interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly admin: number;
}

/** `serve` in a process of its own, as an operator runs it. */
export interface Sidecar extends Ports {
  readonly ecpds: FakeEcpds;
  /** Resident memory in MiB, open descriptors, and processor time in seconds. */
  usage(): { readonly memory: number; readonly descriptors: number; readonly cpu: number };
  /** Events so far, by name. */
  events(): ReadonlyMap<string, number>;
  isRunning(): boolean;
  /** Ends it by SIGTERM; its exit code. */
  stop(): Promise<number | null>;
}

/** @param scaled with the time limits for peers at a twentieth of the product's */
export async function startSidecar(secrets: SecretWatch, scaled = false): Promise<Sidecar> {
  secrets.secret('jwt_secret', JWT_SECRET);
  secrets.secret('ecpds_password', SERVICE.password);
  const ecpds = await startEcpds(LISTS);
  const files = await configFiles([ecpds.url]);
  const child = spawn(
    process.execPath,
    scaled ? [SCALED_MAIN, files.config] : [MAIN, 'serve', '--config', files.config],
    {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log = readLog(child, secrets);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ports = await Promise.race([
    log.ports,
    closed.then((code) => Promise.reject(new Error(`serve ended with ${code} before it listened`))),
  ]);
  return {
    ...ports,
    ecpds,
    usage: () => usageOf(child.pid ?? 0),
    events: () => log.events,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await closed;
      clearTimeout(patience);
      await ecpds.close();
      await files.remove();
      return code;
    },
  };
}

function readLog(child: ChildProcess, secrets: SecretWatch) {
  const events = new Map<string, number>();
  let found = (_ports: Ports): void => undefined;
  const ports = new Promise<Ports>((resolve) => {
    found = resolve;
  });
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    secrets.saw('log of a sidecar under hostile peers', lines.join('\n'));
    for (const line of lines) {
      const event = JSON.parse(line);
      events.set(event.event_name, (events.get(event.event_name) ?? 0) + 1);
      if (event.event_name === 'startup.listening') found(portsOf(event));
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    secrets.saw('errors of a sidecar under hostile peers', chunk);
    events.set('stderr', (events.get('stderr') ?? 0) + 1);
  });
  return { events, ports };
}

const portsOf = ({ http, grpc, admin }: Record<string, string>): Ports => ({
  http: portOf(http),
  grpc: portOf(grpc),
  admin: portOf(admin),
});
const portOf = (address: string | undefined): number => Number(new URL(address ?? '').port);

function usageOf(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .split(' ')
    .slice(13, 15)
    .map(Number);
  return {
    memory: Math.round(Number(/^VmRSS:\s+([0-9]+)/m.exec(status)?.[1]) / 1024),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    cpu: (user + system) / 100,
  };
}
