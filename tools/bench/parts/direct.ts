import { fileURLToPath } from 'node:url';
import type { Context } from '../context.js';
import { type Figure, figure, ratioFigure } from '../figures.js';
import type { Requests } from '../load/script.js';
import { flawless } from '../load/wrk.js';
import type { Load } from '../load/wrk-output.js';
import { interleaved } from '../rounds.js';
import { type Serving, startServer } from '../world/process.js';
import { type Sidecar, startSidecar } from '../world/sidecar.js';
import { bearerOf, userName, WATCH_BODY } from '../world/users.js';

const script = (name: string): string => fileURLToPath(new URL(`../world/${name}.js`, import.meta.url));

export const CONNECTIONS = 32;

export const ONE_USER: Requests = {
  path: '/api/v1/watch',
  authorizations: [bearerOf(userName(1))],
  body: WATCH_BODY,
};

/** The sidecar with one ECPDS server behind it, and nothing in front. */
export async function withDirectSidecar<T>(
  context: Context,
  nodeFlags: readonly string[],
  use: (sidecar: Sidecar) => Promise<T>,
): Promise<T> {
  const { cores, folder } = context;
  const ecpds = await startServer(script('ecpds'), { core: cores.load, args: ['20', '5000'] });
  try {
    const sidecar = await startSidecar({ ecpdsPorts: [ecpds.port], core: cores.server, folder, nodeFlags });
    try {
      return await use(sidecar);
    } finally {
      await sidecar.stop();
    }
  } finally {
    await ecpds.stop();
  }
}

/** A cached decision without a proxy, against a bare route that reads the body and answers 200. */
export function direct(context: Context): Promise<readonly Figure[]> {
  return withDirectSidecar(context, [], async (sidecar) => {
    const bare = await startServer(script('static'), { core: context.cores.server, args: [] });
    try {
      return await compare(context, sidecar, bare);
    } finally {
      await bare.stop();
    }
  });
}

async function compare(context: Context, sidecar: Serving, bare: Serving): Promise<readonly Figure[]> {
  const { pace, progress } = context;
  const measure = (server: Serving, seconds: number) => (): Promise<Load> => load(context, server, seconds);
  progress('direct: warming up');
  await measure(sidecar, pace.warmupSeconds)();
  await measure(bare, pace.warmupSeconds)();
  const loads = await interleaved(
    { sidecar: measure(sidecar, pace.seconds), bare: measure(bare, pace.seconds) },
    pace.rounds,
    (name, round) => progress(`direct: round ${round + 1} of ${pace.rounds}, ${name}`),
  );
  const throughput = (name: keyof typeof loads): number[] => loads[name].map((load) => load.throughput);
  return [
    ratioFigure(
      { id: 'direct.to_bare', label: 'sidecar to bare Fastify route' },
      throughput('sidecar'),
      throughput('bare'),
    ),
    figure({ id: 'direct.sidecar', label: 'sidecar' }, 'requests/s', throughput('sidecar')),
    figure({ id: 'direct.bare', label: 'bare Fastify route' }, 'requests/s', throughput('bare')),
  ];
}

async function load({ wrk }: Context, { port }: Serving, seconds: number): Promise<Load> {
  return flawless(await wrk({ port, seconds, connections: CONNECTIONS, requests: ONE_USER }), 'direct');
}
