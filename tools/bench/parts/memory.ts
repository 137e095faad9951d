import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../context.js';
import { type Figure, figure } from '../figures.js';
import { askOnce } from '../load/prime.js';
import { liveDataFlags, liveMb, settledMb } from '../world/memory.js';
import { answerOf } from '../world/process.js';
import type { Sidecar } from '../world/sidecar.js';
import { withStand } from '../world/stand.js';
import { unknownName, watchRequests } from '../world/users.js';

const USERS = 10_000;
const PER_USER = 200;
const DISTINCT = 5_000;
const MAP_OF_SETS = fileURLToPath(new URL('../world/map-of-sets.js', import.meta.url));

/** What 10,000 users with 200 destinations each, out of 5,000 names, cost the whole process. */
export async function memory(context: Context): Promise<readonly Figure[]> {
  const { folder, progress, scale } = context;
  const settled: (readonly [before: number, after: number])[] = [];
  for (let run = 1; run <= scale.memoryRuns; run++) {
    progress(`memory: process ${run} of ${scale.memoryRuns}`);
    settled.push(await filled(context, [], ({ pid }) => settledMb(pid, scale.settleSeconds)));
  }
  progress('memory: live data');
  const file = join(folder, 'live');
  const [before, after] = await filled(context, liveDataFlags(file), ({ pid }) => liveMb(pid, file));
  progress('memory: a map of sets');
  const naive = Number(await answerOf(MAP_OF_SETS, ['--expose-gc'], [USERS, PER_USER, DISTINCT].map(String)));
  return [
    figure(
      'memory.growth',
      settled.map(([before, after]) => after - before),
    ),
    figure(
      'memory.process_before',
      settled.map(([before]) => before),
    ),
    figure('memory.live_growth', [after - before]),
    figure('memory.live_naive', [naive / 1e6]),
    figure('memory.live_to_naive', [(after - before) / (naive / 1e6)]),
  ];
}

/**
 * Measures a fresh sidecar before and after it was asked for every user. Before, it is warmed up by the same traffic,
 * which leaves nothing in its cache: answers as long that are not usable, and one user many times.
 */
function filled(
  { cores, folder, scale, wrk }: Context,
  nodeFlags: readonly string[],
  measure: (sidecar: Sidecar) => Promise<number>,
): Promise<readonly [before: number, after: number]> {
  return withStand(folder, async (stand) => {
    const ecpds = await stand.server('ecpds', cores.load, [PER_USER, DISTINCT]);
    const sidecar = await stand.sidecar({ ecpdsPorts: [ecpds.port], core: cores.server, nodeFlags });
    await askOnce(sidecar.port, watchRequests(USERS / 5, unknownName), 503);
    const seconds = scale.warmupSeconds;
    await wrk({ port: sidecar.port, seconds, requests: watchRequests(1), core: cores.load });
    const before = await measure(sidecar);
    await askOnce(sidecar.port, watchRequests(USERS));
    return [before, await measure(sidecar)];
  });
}
