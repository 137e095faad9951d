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
  readonly requests: Requests;
  /** 32 unless given. */
  readonly connections?: number;
  /** Where wrk runs; on any core unless given. */
  readonly core?: Core;
}

/** One run of wrk. Rejects when it fails, or when an answer was none of 2xx: its speed would mean nothing. */
export type Wrk = (options: WrkOptions) => Promise<Load>;

const CONNECTIONS = 32;

/** wrk over loopback, in one thread, with connections of its own for every run. */
export function createWrk(generator: Generator, folder: string): Wrk {
  const scripts = new WeakMap<Requests, Promise<string>>();
  return async (options) => {
    const pending = scripts.get(options.requests) ?? writeScript(options.requests, folder);
    scripts.set(options.requests, pending);
    const script = await pending;
    const load = await runOnce(generator, options, script);
    // A machine that stood still for all of a short run has measured nothing.
    return load.requests > 0 ? load : answered(await runOnce(generator, options, script));
  };
}

function answered(load: Load): Load {
  if (load.requests === 0) throw new Error('wrk got no answer');
  return load;
}

async function runOnce(generator: Generator, options: WrkOptions, script: string): Promise<Load> {
  const { port, seconds, requests, connections = CONNECTIONS, core = null } = options;
  const url = `http://127.0.0.1:${port}${requests.path}`;
  const bounds = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '--timeout', '10s'];
  const [program, args] = pinned(core, generator.binary, [...bounds, '-s', script, url]);
  const timeoutMs = seconds * 1000 + 30_000;
  const { ok, output } = await run(program, args, { env: generator.env, timeoutMs });
  if (!ok) throw new Error(`wrk failed: ${output}`);
  const load = parseWrk(output);
  if (load.errors > 0) throw new Error(`wrk met ${load.errors} errors in ${load.requests} requests`);
  return load;
}

async function writeScript(requests: Requests, folder: string): Promise<string> {
  const script = join(folder, `${randomUUID()}.lua`);
  await writeFile(`${script}.users`, requests.authorizations.join('\n'));
  await writeFile(script, wrkScript(requests, `${script}.users`));
  return script;
}
