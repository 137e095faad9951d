import { join } from 'node:path';
import { compare, throughputs } from '../compare.js';
import type { Context } from '../context.js';
import type { Curve, Point } from '../growth.js';
import { askOnce } from '../load/prime.js';
import { median, ratios } from '../stats.js';
import { liveDataFlags, liveMb } from '../world/memory.js';
import { withStand } from '../world/stand.js';
import { watchRequests } from '../world/users.js';

/** What is held while the other axis grows. */
const PER_USER = 20;
const USERS = 1_000;
const DISTINCT = 5_000;
/** Room for the largest number of users. */
const MAX_ENTRIES = 100_000;
/** Long enough for the shape of a curve. */
const PACE = { rounds: 3, seconds: 2, warmupSeconds: 1 };
const QUICK = { rounds: 1, seconds: 1, warmupSeconds: 1 };

interface Size {
  readonly users: number;
  readonly perUser: number;
}

/** Throughput and memory as one thing grows at a time. Each point has a process of its own. */
export async function growth(context: Context): Promise<readonly Curve[]> {
  const { userCounts, destinationCounts } = context.scale;
  const byUsers: Point[] = [];
  for (const users of userCounts) byUsers.push(await pointAt(context, users, { users, perUser: PER_USER }));
  const byDestinations: Point[] = [];
  for (const perUser of destinationCounts)
    byDestinations.push(await pointAt(context, perUser, { users: USERS, perUser }));
  return [
    { axis: 'users', points: byUsers },
    { axis: 'destinations per user', points: byDestinations },
  ];
}

function pointAt(context: Context, x: number, { users, perUser }: Size): Promise<Point> {
  const { cores, folder, progress, scale, wrk } = context;
  const name = `growth: ${users} users, ${perUser} destinations`;
  return withStand(folder, async (stand) => {
    progress(name);
    const ecpds = await stand.server('ecpds', cores.load, [perUser, DISTINCT]);
    const ecpdsPorts = [ecpds.port];
    const file = join(folder, 'live-growth');
    const sidecar = await stand.sidecar({
      ecpdsPorts,
      core: cores.server,
      maxEntries: MAX_ENTRIES,
      nodeFlags: liveDataFlags(file),
    });
    const bare = await stand.server('static-http', cores.server);
    const requests = { ...watchRequests(users), draw: true };
    await wrk({ port: sidecar.port, seconds: 1, requests: watchRequests(1), core: cores.load });
    const before = await liveMb(sidecar.pid, file);
    await askOnce(sidecar.port, requests);
    const memoryMb = (await liveMb(sidecar.pid, file)) - before;
    const asked = { requests, core: cores.load };
    const contestants = {
      sidecar: { ...sidecar, ...asked },
      bare: { ...bare, ...asked },
    };
    const pace = scale.rounds < PACE.rounds ? QUICK : PACE;
    const loads = await compare(name, context, contestants, pace);
    const throughput = median(ratios(throughputs(loads.sidecar), throughputs(loads.bare)));
    return { x, throughput, memoryMb };
  });
}
