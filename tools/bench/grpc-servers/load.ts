import { run } from '../../../src/demo/fetch/command.js';
import type { Generator } from '../load/find.js';
import { type Core, pinned } from '../world/cores.js';
import { type H2Load, parseH2load } from './h2load-output.js';

/** One kind of request, sent over and over. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The file that is sent as the body. */
  readonly body: string;
  /** `h2`: 32 streams on one connection, as one worker of Envoy's would. `http1`: 32 connections. */
  readonly protocol: 'h2' | 'http1';
}

export type Loader = (target: Target, seconds: number) => Promise<H2Load>;

const CONCURRENT = '32';
const SHAPE = {
  h2: ['--clients=1', `--max-concurrent-streams=${CONCURRENT}`],
  http1: ['--h1', `--clients=${CONCURRENT}`],
};

/** h2load over loopback, in one thread, on a core of its own when there is one. Rejects when anything went wrong. */
export function createLoader(generator: Generator, core: Core): Loader {
  return async ({ url, headers, body, protocol }, seconds) => {
    const fields = Object.entries(headers).map(([name, value]) => `--header=${name}: ${value}`);
    const args = [
      '--threads=1',
      `--duration=${seconds}`,
      `--data=${body}`,
      ...SHAPE[protocol],
      ...fields,
      url,
    ];
    const [program, all] = pinned(core, generator.binary, args);
    const limits = { env: generator.env, timeoutMs: seconds * 1000 + 15_000 };
    const { ok, output } = await run(program, all, limits);
    if (!ok) throw new Error(`h2load failed: ${output}`);
    const load = parseH2load(output);
    if (load.errors > 0) throw new Error(`${url}: ${load.errors} errors in ${load.requests} requests`);
    return load;
  };
}
