import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nextMessage, type Running, runningChild } from '../../../tools/bench/world/process.js';
import type { LoadOrder, LoadReport, LoadSetup } from './load/orders.js';
import type { EcpdsReport } from './world/report.js';

/** What the load may take beyond its time, in milliseconds: half-open connections are held to their end. */
const BEYOND_MS = 120_000;

export interface EcpdsProcess extends Running {
  readonly ports: readonly number[];
  report(): Promise<EcpdsReport>;
}

export interface LoadProcess extends Running {
  run(order: LoadOrder): Promise<LoadReport>;
}

export async function startEcpds(worldStartMs: number, hangsForMs: number | null): Promise<EcpdsProcess> {
  const child = start('world/ecpds-process.js', JSON.stringify([worldStartMs, hangsForMs]));
  const running = runningChild(child, 'ECPDS');
  const ports: readonly number[] = JSON.parse(await nextMessage(child, 'ECPDS'));
  return { ...running, ports, report: async () => JSON.parse(await ask(child, 'ECPDS', 'what?', 20_000)) };
}

export async function startLoad(setup: LoadSetup): Promise<LoadProcess> {
  const child = start('load/load-process.js', JSON.stringify(setup));
  const running = runningChild(child, 'the load');
  await nextMessage(child, 'the load');
  const run = async (order: LoadOrder): Promise<LoadReport> =>
    JSON.parse(await ask(child, 'the load', JSON.stringify(order), secondsOf(order) * 1000 + BEYOND_MS));
  return { ...running, run };
}

const secondsOf = (order: LoadOrder): number => (order.kind === 'everybody' ? 0 : order.seconds);

function start(script: string, argument: string): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [path, argument], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

function ask(child: ChildProcess, name: string, message: string, withinMs: number): Promise<string> {
  const answer = nextMessage(child, name, withinMs);
  child.send(message);
  return answer;
}
