import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { p99s } from '../compare.js';
import type { Context } from '../context.js';
import { type Figure, figure, ratioFigure } from '../figures.js';
import { ask, askOnce } from '../load/prime.js';
import type { Load } from '../load/wrk-output.js';
import { interleaved } from '../rounds.js';
import { liveDataFlags, liveMb } from '../world/memory.js';
import type { Serving } from '../world/process.js';
import type { Sidecar } from '../world/sidecar.js';
import { type Stand, withStand } from '../world/stand.js';
import { userName, watchBody, watchRequests } from '../world/users.js';

const CACHED_USERS = 100;
/** A moderate load: 16 connections, each at rest for 1 to 16 ms after an answer, ask less than 2,000 times a second. */
const LOAD = { connections: 16, restMs: 16 };
/** Requests that wait for the hanging server, each of a user not in the cache, and how long their bodies are. */
const WAITING = 500;
const BODY_BYTES = 100_000;
/** How long they may take to get there, and how long all is left alone before and after, in milliseconds. */
const ARRIVAL_MS = 20_000;
const PAUSE_MS = 500;

/** Users in the cache while one of two ECPDS servers hangs and others wait for it, against the same while all is well. */
export async function isolation(context: Context): Promise<readonly Figure[]> {
  const { folder } = context;
  const loads = await withStand(folder, (stand) => latencies(context, stand));
  const kb = await withStand(folder, (stand) => memoryPerWaiting(context, stand));
  return [
    ratioFigure('isolation.p99_to_healthy', p99s(loads.hanging), p99s(loads.healthy)),
    figure('isolation.p99_healthy', p99s(loads.healthy)),
    figure('isolation.p99_hanging', p99s(loads.hanging)),
    figure('isolation.kb_per_waiting', [kb]),
  ];
}

interface World {
  readonly sidecar: Sidecar;
  readonly second: Serving;
}

async function startWorld({ cores }: Context, stand: Stand, nodeFlags: readonly string[]): Promise<World> {
  const first = await stand.server('ecpds', cores.load, [20, 5_000]);
  const second = await stand.server('ecpds', cores.load, [20, 5_000]);
  const ecpdsPorts = [first.port, second.port];
  const sidecar = await stand.sidecar({ ecpdsPorts, core: cores.server, nodeFlags });
  await askOnce(sidecar.port, watchRequests(CACHED_USERS));
  return { sidecar, second };
}

async function latencies(context: Context, stand: Stand) {
  const { cores, progress, scale, wrk } = context;
  const world = await startWorld(context, stand, []);
  const requests = { ...watchRequests(CACHED_USERS), restMs: LOAD.restMs };
  const cached = (seconds = scale.seconds): Promise<Load> =>
    wrk({ port: world.sidecar.port, seconds, requests, connections: LOAD.connections, core: cores.load });
  progress('isolation: warming up');
  await cached(scale.warmupSeconds);
  let round = 0;
  const contestants = {
    healthy: () => cached(),
    hanging: () => whileWaiting(world, ++round, () => cached()),
  };
  return interleaved(contestants, scale.rounds, (name, round) =>
    progress(`isolation: round ${round + 1} of ${scale.rounds}, ${name}`),
  );
}

async function memoryPerWaiting(context: Context, stand: Stand): Promise<number> {
  const file = join(context.folder, 'live-waiting');
  context.progress('isolation: what a waiting request holds');
  const world = await startWorld(context, stand, liveDataFlags(file));
  const held = () => liveMb(world.sidecar.pid, file);
  await whileWaiting(world, 1, held); // connections and buffers that stay are not the requests'
  const before = await held();
  const during = await whileWaiting(world, 2, held);
  return ((during - before) * 1000) / WAITING;
}

/**
 * Lets the second server hang, sends requests that have to wait for it, and has something measured while they do.
 *
 * @param round takes users whom nobody has asked for yet
 */
async function whileWaiting<T>(world: World, round: number, measure: () => Promise<T>): Promise<T> {
  const { sidecar, second } = world;
  await second.ask('hang');
  const pool = new Pool(`http://127.0.0.1:${sidecar.port}`, { connections: WAITING });
  const requests = watchRequests(WAITING, (index) => userName(CACHED_USERS + round * WAITING + index));
  const withBody = { ...requests, body: watchBody(BODY_BYTES) };
  try {
    const waiting = requests.authorizations.map((authorization) => ask(pool, withBody, authorization));
    await allHeld(second);
    const measured = await measure();
    await second.ask('release');
    await Promise.all(waiting);
    await pause(PAUSE_MS);
    return measured;
  } finally {
    await pool.destroy();
  }
}

/** Every request has been read by the sidecar and waits for nothing but the second server. */
async function allHeld(second: Serving): Promise<void> {
  for (const deadline = Date.now() + ARRIVAL_MS; Date.now() < deadline; await pause(50)) {
    if (Number(await second.ask('how many')) === WAITING) return pause(PAUSE_MS);
  }
  throw new Error('the requests that should wait do not arrive');
}
