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

const PATIENCE_MS = 15_000;

/** @throws when it does not start */
export async function startSidecar({ args, env }: Start, eye: Eye): Promise<Sidecar> {
  const started = start(['serve', ...args], env);
  let out = '';
  started.process.stdout?.on('data', (chunk: string) => {
    out += chunk;
  });
  const waitFor = async (text: string, from: number): Promise<void> => {
    const until = performance.now() + PATIENCE_MS;
    while (!out.includes(text, from)) {
      if (started.process.exitCode !== null || performance.now() > until)
        throw new Error(`no ${text}: ${out.slice(-500)} ${(await started.finished).err}`);
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
