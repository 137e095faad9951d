import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Core, pinned } from './cores.js';

/** A process of the benchmark's own. */
export interface Running {
  readonly pid: number;
  /** Asks it to end, waits, and insists after ten seconds. */
  stop(): Promise<void>;
}

/** One of the benchmark's own servers. */
export interface Serving extends Running {
  readonly port: number;
  /** Sends it a message, and resolves to its answer. */
  ask(message: string): Promise<string>;
}

const STOP_MS = 10_000;
const START_MS = 20_000;

/** Watches over a child: it ends when the benchmark does. */
export function runningChild(child: ChildProcess, name: string): Running {
  if (child.pid === undefined) throw new Error(`cannot start ${name}`);
  const endWithUs = (): void => void child.kill();
  process.once('exit', endWithUs);
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

/** Runs one of the benchmark's own servers, which reports its port over the channel to its parent. */
export async function startServer(script: string, core: Core, args: readonly string[]): Promise<Serving> {
  const [program, all] = pinned(core, process.execPath, [script, ...args]);
  const child = spawn(program, all, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const running = runningChild(child, script);
  const port = Number(await nextMessage(child, script));
  const ask = (message: string): Promise<string> => {
    child.send(message);
    return nextMessage(child, script);
  };
  return { ...running, port, ask };
}

/** Runs a script of the benchmark's own to its end; what it reports. */
export async function answerOf(
  script: string,
  nodeFlags: readonly string[],
  args: readonly string[],
): Promise<string> {
  const command = [...nodeFlags, script, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const running = runningChild(child, script);
  try {
    return await nextMessage(child, script, 120_000);
  } finally {
    await running.stop();
  }
}

/** The next message of a child that has a channel to us. Rejects when it ends before, or takes too long. */
export async function nextMessage(child: ChildProcess, name: string, withinMs = START_MS): Promise<string> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(withinMs)]);
  try {
    const [event]: unknown[] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(() => []),
    ]);
    if (typeof event === 'string') return event;
  } finally {
    done.abort();
  }
  throw new Error(`${name} ended before it said anything`);
}

/** The other side of `startServer`: tells the parent where to connect, and ends with it. */
export function reportPort(port: number): void {
  process.once('disconnect', () => process.exit());
  process.send?.(String(port));
}
