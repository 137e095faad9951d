import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SERVICE } from './ecpds.js';
import { JWT_SECRET } from './tokens.js';

const MAIN = new URL('../../src/main.js', import.meta.url).pathname;
const DEADLINE_MS = 30_000;

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line to its end. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const child = start(args, env);
  return child.finished;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** The first event with this name that is logged from `after` on; rejects when the process ends without it. */
  event(name: string, after?: number): Promise<Record<string, unknown>>;
  /** How many events there were. */
  count(): number;
}

/** Starts the command line in a process of its own, as an operator would; ends it after so long. */
export function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  deadlineMs = DEADLINE_MS,
): Started {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const output = { out: '', err: '' };
  const events: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.out += chunk;
    const lines = output.out.split('\n').slice(0, -1);
    for (const line of lines.slice(events.length)) events.push(parsed(line));
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.err += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
  return {
    process: child,
    finished,
    count: () => events.length,
    event: (name, after = 0) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.slice(after).find((event) => event['event_name'] === name);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void finished.then(({ err }) => reject(new Error(`ended without ${name}: ${err}`)));
      }),
  };
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    return { line };
  }
}

export interface Files {
  readonly folder: string;
  readonly config: string;
  /** Writes a configuration file as YAML and returns its path. */
  write(name: string, content: unknown): Promise<string>;
  remove(): Promise<void>;
}

/** A folder with a valid configuration, for listeners on free ports and the given ECPDS servers. */
export async function configFiles(servers: readonly string[]): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-cli-'));
  const write = async (name: string, content: unknown): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? content : stringify(content));
    return path;
  };
  const config = await write('aviso.yaml', configuration(servers));
  return { folder, config, write, remove: () => rm(folder, { recursive: true, force: true }) };
}

export const configuration = (servers: readonly string[]) => ({
  auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { ecmwf: ['admin'] } },
  ecpds: {
    ...SERVICE,
    servers,
    match_key: 'destination',
    request_timeout_seconds: 2,
    connect_timeout_seconds: 1,
  },
  notification_schema: {
    dissemination: {
      topic: { base: 'diss', key_order: ['destination'] },
      auth: { required: true, plugins: ['ecpds'] },
      identifier: { destination: { type: 'StringHandler', required: true } },
    },
  },
  sidecar: { http: { port: 0 }, grpc: { port: 0 }, admin: { port: 0 }, drain_seconds: 1 },
});
