import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = new URL('../../../src/main.js', import.meta.url).pathname;
/** Nothing that a process is waited for takes longer, in milliseconds. */
const PATIENCE_MS = 60_000;

export type LogEvent = Readonly<Record<string, unknown>>;

/** One `serve` process. */
export interface Serving {
  readonly child: ChildProcess;
  /** The exit code, or null after a signal, once it has ended. */
  readonly ended: Promise<number | null>;
  /** Events of the process itself, in order: its start, its end, its reloads, its faults. */
  readonly events: readonly LogEvent[];
  /** The first such event with this name from `after` on. @throws when it does not come */
  event(name: string, after?: number): Promise<LogEvent>;
  /** Everything it wrote. */
  output(): string;
}

/** Lines of requests are not parsed: there are too many. */
const OF_THE_PROCESS =
  /"event_name":"(startup\.|shutdown\.|configuration\.|process\.|auth\.ecpds\.check\.error)/;

/** Starts `serve` with these files, as an operator would. Ended with this process at the latest. */
export function serve(files: readonly string[], env: NodeJS.ProcessEnv = {}): Serving {
  const child = spawn(process.execPath, [MAIN, 'serve', ...files.flatMap((file) => ['--config', file])], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      process.off('exit', endWithUs);
      resolve(code);
    });
  });
  const { events, pieces } = followed(child);
  return {
    child,
    ended,
    events,
    output: () => pieces.join(''),
    async event(name, after = 0) {
      const patience = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = events.slice(after).find((event) => event['event_name'] === name);
        if (found !== undefined) return found;
        if (performance.now() > patience || child.exitCode !== null || child.signalCode !== null)
          throw new Error(`no ${name}: ${pieces.join('').slice(-500)}`);
        await pause(2);
      }
    },
  };
}

function followed({ stdout, stderr }: ChildProcess) {
  const events: LogEvent[] = [];
  const pieces: string[] = [];
  let rest = '';
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    pieces.push(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (OF_THE_PROCESS.test(line)) events.push(JSON.parse(line));
  });
  stderr?.setEncoding('utf8').on('data', (text: string) => pieces.push(text));
  return { events, pieces };
}
