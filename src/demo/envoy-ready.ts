import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a proxy may take to become ready, in milliseconds. */
const READY_MS = 20_000;
const POLL_MS = 25;

/** Where an Envoy with one listener can be reached. */
export interface EnvoyPorts {
  readonly port: number;
  readonly adminPort: number;
}

/** What Envoy is started with: one worker, beside any other Envoy of the machine. It writes its admin address into a file. */
export const envoyArguments = (config: string, adminFile: string): string[] => [
  ...['-c', config, '--admin-address-path', adminFile],
  ...['--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'],
];

/** The ports of an Envoy, once it says that it is ready; null when it ended or took too long. */
export function envoyPorts(adminFile: string, child: ChildProcess): Promise<EnvoyPorts | null> {
  return firstAnswer(async () => {
    const adminPort = portOf(await readFile(adminFile, 'utf8'));
    const admin = `http://127.0.0.1:${adminPort}`;
    if (!(await fetch(`${admin}/ready`)).ok) return null;
    return { adminPort, port: portOf(await (await fetch(`${admin}/listeners`)).text()) };
  }, child);
}

/** Asks until there is an answer; null, or a rejection, is none. Null when the process ended or it took too long. */
export async function firstAnswer<T>(ask: () => Promise<T | null>, child: ChildProcess): Promise<T | null> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answer = await ask().catch(() => null);
    if (answer !== null) return answer;
    await pause(POLL_MS);
  }
  return null;
}

/** The port at the end of a text like `aviso::127.0.0.1:1234`. */
function portOf(text: string): number {
  const port = /:(\d+)\s*$/.exec(text)?.[1];
  if (port === undefined) throw new Error(`no port in ${text}`);
  return Number(port);
}
