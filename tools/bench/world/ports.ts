import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listening } from '../../../src/demo/server.js';

const READY_MS = 20_000;

/** Three ports that were free a moment ago. */
export async function freePorts(): Promise<readonly [number, number, number]> {
  const start = () => listening(createServer());
  const servers = [await start(), await start(), await start()] as const;
  for (const server of servers) await server.close();
  const [first, second, third] = servers;
  return [first.port, second.port, third.port];
}

/** Asks until the answer is yes. False when the process ended or it took too long; a rejection is a no. */
export async function until(ask: () => Promise<boolean>, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await ask().catch(() => false)) return true;
    await pause(25);
  }
  return false;
}
