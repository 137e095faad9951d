import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/demo/fetch/command.js';
import { type Core, pinned } from '../world/cores.js';
import type { Generator } from './find.js';
import { type Requests, wrkScript } from './script.js';
import { type Load, parseWrk } from './wrk-output.js';

export interface WrkOptions {
  readonly port: number;
  readonly seconds: number;
  readonly connections: number;
  readonly requests: Requests;
}

export type Wrk = (options: WrkOptions) => Promise<Load>;

/** wrk over loopback, in one thread, on a core of its own when there is one. */
export function createWrk(generator: Generator, core: Core, folder: string): Wrk {
  return async ({ port, seconds, connections, requests }) => {
    const script = join(folder, `${randomUUID()}.lua`);
    await writeFile(script, wrkScript(requests));
    const url = `http://127.0.0.1:${port}${requests.path}`;
    const bounds = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '--timeout', '10s'];
    const [program, args] = pinned(core, generator.binary, [...bounds, '-s', script, url]);
    const timeoutMs = seconds * 1000 + 30_000;
    const { ok, output } = await run(program, args, { env: generator.env, timeoutMs });
    if (!ok) throw new Error(`wrk failed: ${output}`);
    return parseWrk(output);
  };
}

/** @throws when a run that should have had answers only had errors in it: its speed would mean nothing */
export function flawless(load: Load, what: string): Load {
  if (load.errors > 0) throw new Error(`${what}: ${load.errors} errors in ${load.requests} requests`);
  return load;
}
