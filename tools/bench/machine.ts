import { availableParallelism, cpus, totalmem } from 'node:os';
import { findEnvoy } from '../../src/demo/envoy-binary.js';
import { run } from '../../src/demo/fetch/command.js';
import { findNginx } from '../proxies/nginx-binary.js';
import type { Generator } from './load/find.js';

/** What the figures depend on, and nothing that says whose machine it is. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly envoy: string;
  readonly nginx: string;
  readonly wrk: string;
  /** Whether server and load generator had a core each in the figures without a proxy. */
  readonly pinned: boolean;
}

export async function describeMachine(wrk: Generator, pinned: boolean): Promise<Machine> {
  const [envoy, nginx] = [await findEnvoy({ env: process.env }), await findNginx({ env: process.env })];
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    envoy: envoy.ok ? envoy.version : 'none',
    nginx: nginx.ok ? nginx.version : 'none',
    wrk: await versionOf(wrk),
    pinned,
  };
}

/** wrk prints its version with its usage, and fails. */
async function versionOf({ binary, env }: Generator): Promise<string> {
  const { output } = await run(binary, ['-v'], { env });
  return /^wrk (?:debian\/)?([\w.-]+)/m.exec(output)?.[1] ?? 'unknown';
}
