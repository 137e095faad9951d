import { type Contestant, compare, throughputs } from '../compare.js';
import type { Context } from '../context.js';
import { type Figure, type FigureId, figure, ratioFigure } from '../figures.js';
import { type Stand, withStand } from '../world/stand.js';
import { watchRequests } from '../world/users.js';

/**
 * Who answers Envoy's checks. Nothing is pinned: load, Envoy, authorizer and gateway share the cores as the system
 * likes, so that all that an authorizer costs is paid for in requests.
 */
const CONTESTANTS = ['none', 'http', 'http_static', 'grpc', 'grpc_static'] as const;
type Name = (typeof CONTESTANTS)[number];

/** A cached allow through one Envoy worker with the shipped configuration. */
export const envoy = (context: Context): Promise<readonly Figure[]> => through(context, CONTESTANTS);

/** The same without the contestant that no gate speaks of. */
export const envoyGates = (context: Context): Promise<readonly Figure[]> =>
  through(
    context,
    CONTESTANTS.filter((name) => name !== 'none'),
  );

function through(context: Context, names: readonly Name[]): Promise<readonly Figure[]> {
  return withStand(context.folder, async (stand) => {
    const ports = await startAuthorizers(stand);
    const gateway = await stand.gateway(null);
    const requests = watchRequests(1);
    const contestants: Partial<Record<Name, Contestant>> = {};
    for (const name of names) {
      const transport = name.startsWith('grpc') ? 'grpc' : 'http';
      const options = { transport, gatewayPort: gateway.port, authorizerPort: ports[name] } as const;
      contestants[name] = { port: (await stand.envoy(options, null)).port, requests };
    }
    const loads = await compare('envoy', context, contestants as Record<Name, Contestant>, context.scale);
    return figuresOf((name) => (names.includes(name) ? throughputs(loads[name]) : null));
  });
}

/** The port of each authorizer. One sidecar serves both transports. */
async function startAuthorizers(stand: Stand): Promise<Record<Name, number | null>> {
  const ecpds = await stand.server('ecpds', null, [20, 5_000]);
  const sidecar = await stand.sidecar({ ecpdsPorts: [ecpds.port], core: null, grpc: true });
  return {
    none: null,
    http: sidecar.port,
    http_static: (await stand.server('static-http', null)).port,
    grpc: sidecar.grpc,
    grpc_static: (await stand.server('static-grpc', null)).port,
  };
}

const RATIOS: readonly (readonly [FigureId, Name, Name])[] = [
  ['envoy.http_to_static', 'http', 'http_static'],
  ['envoy.grpc_to_static', 'grpc', 'grpc_static'],
  ['envoy.grpc_to_http', 'grpc', 'http'],
  ['envoy.http_to_none', 'http', 'none'],
  ['envoy.grpc_to_none', 'grpc', 'none'],
];

function figuresOf(measured: (name: Name) => readonly number[] | null): readonly Figure[] {
  const compared = RATIOS.flatMap(([id, ours, theirs]) => {
    const [subject, reference] = [measured(ours), measured(theirs)];
    return subject === null || reference === null ? [] : [ratioFigure(id, subject, reference)];
  });
  const absolute = CONTESTANTS.flatMap((name) => {
    const values = measured(name);
    return values === null ? [] : [figure(`envoy.${name}`, values)];
  });
  return [...compared, ...absolute];
}
