import { type Started, start } from '../../helpers/command.js';
import type { Eye } from './eye.js';
import type { Start } from './scenes.js';

/** A running `serve`. */
export interface Sidecar {
  readonly process: Started['process'];
  readonly http: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly admin: string;
  /** Waits for text on standard output, from now on. */
  logged(text: string): Promise<void>;
  /** Ends it, and shows all that it wrote. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const PATIENCE_MS = 60_000;
/** The longest that one is asked, on a machine that others use as well. */
const LIFE_MS = 180_000;

/** @throws when it does not start */
export async function startSidecar({ args, env }: Start, eye: Eye): Promise<Sidecar> {
  const started = start(['serve', ...args], env, LIFE_MS);
  let out = '';
  started.process.stdout?.on('data', (chunk: string) => {
    out += chunk;
  });
  const waitFor = async (text: string, from: number): Promise<void> => {
    const until = performance.now() + PATIENCE_MS;
    while (!out.includes(text, from)) {
      const { exitCode, signalCode } = started.process;
      if (exitCode !== null || signalCode !== null || performance.now() > until)
        throw new Error(`no ${text} (ended by ${exitCode ?? signalCode}): ${out.slice(-500)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await waitFor('startup.listening', 0);
  const portOf = (name: string): number =>
    Number(new RegExp(`\\b${name}"?[=:]"?\\w+://[^\\s",]*?:(\\d+)["\\s,]`).exec(out)?.[1] ?? Number.NaN);
  return {
    process: started.process,
    http: `http://127.0.0.1:${portOf('http')}`,
    httpPort: portOf('http'),
    grpcPort: portOf('grpc'),
    admin: `http://127.0.0.1:${portOf('admin')}`,
    logged: (text) => waitFor(text, out.length),
    async stop(signal = 'SIGTERM') {
      started.process.kill(signal);
      const { out: log, err } = await started.finished;
      eye.saw('logs', log);
      eye.saw('standard error', err);
    },
  };
}
