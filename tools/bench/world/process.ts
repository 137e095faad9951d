import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Core, pinned } from './cores.js';

/** A process of the benchmark's own. */
export interface Running {
  readonly pid: number;
  /** Asks it to end, waits, and insists after ten seconds. */
  stop(): Promise<void>;
}

export interface Serving extends Running {
  readonly port: number;
}

const STOP_MS = 10_000;
const START_MS = 20_000;

/** Watches over a child: it ends when the benchmark does. */
export function runningChild(child: ChildProcess, name: string): Running {
  const endWithUs = (): void => void child.kill();
  process.once('exit', endWithUs);
  if (child.pid === undefined) throw new Error(`cannot start ${name}`);
  return {
    pid: child.pid,
    async stop() {
      process.off('exit', endWithUs);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exit;
      clearTimeout(timer);
    },
  };
}

export interface NodeOptions {
  readonly core: Core;
  readonly args: readonly string[];
  readonly nodeFlags?: readonly string[];
}

/** Runs one of the benchmark's own servers, which reports its port over the channel to its parent. */
export async function startServer(script: string, options: NodeOptions): Promise<Serving> {
  const { core, args, nodeFlags = [] } = options;
  const [program, all] = pinned(core, process.execPath, [...nodeFlags, script, ...args]);
  const child = spawn(program, all, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const running = runningChild(child, script);
  const port = await portFrom(child, script);
  return { ...running, port };
}

async function portFrom(child: ChildProcess, script: string): Promise<number> {
  const signal = AbortSignal.timeout(START_MS);
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`${script} ended before it listened`);
  });
  const [message]: unknown[] = await Promise.race([once(child, 'message', { signal }), ended]);
  ended.catch(() => undefined); // its later end is expected
  if (typeof message !== 'number') throw new Error(`${script} reported no port`);
  return message;
}

/** The other side of `startServer`: tells the parent where to connect, and ends with it. */
export function reportPort(port: number): void {
  process.once('disconnect', () => process.exit());
  process.send?.(port);
}
