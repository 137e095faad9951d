import { fileURLToPath } from 'node:url';
import { framed } from '../../../src/grpc/frame.js';
import { CHECK_PATH } from '../../../src/transport/envoy-grpc/check.js';
import { interleaved, type Measured } from '../rounds.js';
import type { Cores } from '../world/cores.js';
import { cpuMicros } from '../world/cpu.js';
import { type Serving, startServer } from '../world/process.js';
import type { Loader, Target } from './load.js';
import { probe } from './probe.js';

/** The candidates and the measure of the other benchmarks: script and argument. */
const SERVERS = {
  unary: ['unary'],
  listener: ['listener'],
  grpc_js: ['grpc-js', 'generated'],
  grpc_js_loaded: ['grpc-js', 'loaded'],
  connect: ['connect'],
  bare: ['bare'],
} as const satisfies Record<string, readonly [script: string, ...args: string[]]>;

export type ServerName = keyof typeof SERVERS;
export const SERVER_NAMES = Object.keys(SERVERS) as ServerName[];

export interface Comparison {
  readonly load: Loader;
  readonly cores: Cores;
  /** Files with the framed check and with the body of the client's request. */
  readonly bodies: { readonly check: string; readonly watch: string };
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly progress: (line: string) => void;
}

/** One server in one round. */
export interface Measurement {
  /** Requests per second. */
  readonly throughput: number;
  /** CPU time of the server for one request, in microseconds. */
  readonly cpu: number;
}

/** Measures every server, round by round. All of them run throughout; one at a time is asked. */
export async function compareServers(comparison: Comparison): Promise<Measured<ServerName, Measurement>> {
  const running = new Map<ServerName, Serving>();
  try {
    const contestants = {} as Record<ServerName, () => Promise<Measurement>>;
    for (const name of SERVER_NAMES) {
      const server = await start(name, comparison.cores);
      running.set(name, server);
      contestants[name] = await ready(name, server, comparison);
    }
    return await interleaved(contestants, comparison.rounds, (name, round) =>
      comparison.progress(`round ${round + 1} of ${comparison.rounds}, ${name}`),
    );
  } finally {
    await Promise.all([...running.values()].map((server) => server.stop()));
  }
}

function start(name: ServerName, { server }: Cores): Promise<Serving> {
  const [script, ...args] = SERVERS[name];
  const path = fileURLToPath(new URL(`servers/${script}.js`, import.meta.url));
  return startServer(path, server, args);
}

/** When time is up, the headers of some answers have come, and their bodies not. */
const CUT_OFF = 0.02;

/** Checks what the server says, warms it up, and gives what measures it once. */
async function ready(
  name: ServerName,
  { pid, port }: Serving,
  { load, bodies, seconds, warmUpSeconds, progress }: Comparison,
): Promise<() => Promise<Measurement>> {
  progress(`warming up ${name}`);
  const target = name === 'bare' ? bareTarget(port, bodies.watch) : checkTarget(port, bodies.check);
  const expected = name === 'bare' ? 0 : framed(new Uint8Array(await probe(name, port))).length;
  const measure = async (howLong: number): Promise<Measurement> => {
    const before = cpuMicros(pid);
    const { requests, throughput, bytesPerAnswer } = await load(target, howLong);
    if (Math.abs(bytesPerAnswer - expected) > expected * CUT_OFF) {
      throw new Error(`${name} sent ${bytesPerAnswer} bytes an answer, not ${expected}: some calls failed`);
    }
    return { throughput, cpu: (cpuMicros(pid) - before) / requests };
  };
  await measure(warmUpSeconds);
  return () => measure(seconds);
}

const checkTarget = (port: number, body: string): Target => ({
  url: `http://127.0.0.1:${port}${CHECK_PATH}`,
  headers: { 'content-type': 'application/grpc', te: 'trailers' },
  body,
  protocol: 'h2',
});

const bareTarget = (port: number, body: string): Target => ({
  url: `http://127.0.0.1:${port}/api/v1/watch`,
  headers: { 'content-type': 'application/json' },
  body,
  protocol: 'http1',
});
