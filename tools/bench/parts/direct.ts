import { compare, cpuTimes, throughputs } from '../compare.js';
import type { Context } from '../context.js';
import { type Figure, figure, ratioFigure } from '../figures.js';
import { withStand } from '../world/stand.js';
import { watchRequests } from '../world/users.js';

/** A cached decision without a proxy, against a bare Fastify route that reads the body and answers 200. */
export function direct(context: Context): Promise<readonly Figure[]> {
  const { cores, folder, scale } = context;
  return withStand(folder, async (stand) => {
    const ecpds = await stand.server('ecpds', cores.load, [20, 5_000]);
    const sidecar = await stand.sidecar({ ecpdsPorts: [ecpds.port], core: cores.server });
    const bare = await stand.server('static-http', cores.server);
    const asked = { requests: watchRequests(1), core: cores.load };
    const loads = await compare(
      'direct',
      context,
      { sidecar: { ...sidecar, ...asked }, bare: { ...bare, ...asked } },
      scale,
    );
    const [ours, theirs] = [throughputs(loads.sidecar), throughputs(loads.bare)];
    return [
      ratioFigure('direct.to_bare', ours, theirs),
      figure('direct.sidecar', ours),
      figure('direct.bare', theirs),
      figure('direct.sidecar_cpu', cpuTimes(loads.sidecar)),
      figure('direct.bare_cpu', cpuTimes(loads.bare)),
    ];
  });
}
