import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { firstAnswer } from '../../../src/demo/envoy-ready.js';
import { listening } from '../../../src/demo/server.js';

/** Three ports that were free a moment ago. */
export async function freePorts(): Promise<readonly [number, number, number]> {
  const start = () => listening(createServer());
  const servers = [await start(), await start(), await start()] as const;
  for (const server of servers) await server.close();
  const [first, second, third] = servers;
  return [first.port, second.port, third.port];
}

/** Asks until the answer is yes. False when the process ended or it took too long; a rejection is a no. */
export const until = async (ask: () => Promise<boolean>, child: ChildProcess): Promise<boolean> =>
  (await firstAnswer(async () => ((await ask()) ? true : null), child)) !== null;
