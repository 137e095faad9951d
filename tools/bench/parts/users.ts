import { compare, p99s, throughputs } from '../compare.js';
import type { Context } from '../context.js';
import { type Figure, figure, ratioFigure } from '../figures.js';
import { askOnce } from '../load/prime.js';
import { withStand } from '../world/stand.js';
import { watchRequests } from '../world/users.js';

const USERS = 10_000;

/** Many users in random order, all of them cached, against one user: same process, same script, same connections. */
export function users(context: Context): Promise<readonly Figure[]> {
  const { cores, folder, progress, scale } = context;
  return withStand(folder, async (stand) => {
    const ecpds = await stand.server('ecpds', cores.load, [20, 5_000]);
    const sidecar = await stand.sidecar({ ecpdsPorts: [ecpds.port], core: cores.server });
    const many = watchRequests(USERS);
    progress(`users: asking once for each of ${USERS}`);
    await askOnce(sidecar.port, many);
    const asked = { port: sidecar.port, pid: sidecar.pid, core: cores.load };
    const one = { ...watchRequests(1), draw: true };
    const loads = await compare(
      'users',
      context,
      { one: { ...asked, requests: one }, many: { ...asked, requests: many } },
      scale,
    );
    return [
      ratioFigure('users.p99_many_to_one', p99s(loads.many), p99s(loads.one)),
      ratioFigure('users.throughput_many_to_one', throughputs(loads.many), throughputs(loads.one)),
      figure('users.p99_one', p99s(loads.one)),
      figure('users.p99_many', p99s(loads.many)),
    ];
  });
}
