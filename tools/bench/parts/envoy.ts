import { type Contestant, compare, cpuTimes, type Sample, throughputs } from '../compare.js';
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
    const authorizers = await startAuthorizers(stand);
    const gateway = await stand.gateway(null);
    const requests = watchRequests(1);
    const contestants: Partial<Record<Name, Contestant>> = {};
    for (const name of names) {
      const transport = name.startsWith('grpc') ? 'grpc' : 'http';
      const authorizer = authorizers[name];
      const authorizerPort = authorizer?.port ?? null;
      const options = { transport, gatewayPort: gateway.port, authorizerPort } as const;
      const { port, pid } = await stand.envoy(options, null);
      contestants[name] = { port, pid: authorizer?.pid ?? pid, requests };
    }
    const loads = await compare('envoy', context, contestants as Record<Name, Contestant>, context.scale);
    return figuresOf((name) => (names.includes(name) ? loads[name] : null));
  });
}

interface Authorizer {
  readonly port: number | null;
  readonly pid: number;
}

/** One sidecar serves both transports. */
async function startAuthorizers(stand: Stand): Promise<Record<Name, Authorizer | null>> {
  const ecpds = await stand.server('ecpds', null, [20, 5_000]);
  const sidecar = await stand.sidecar({ ecpdsPorts: [ecpds.port], core: null, grpc: true });
  return {
    none: null,
    http: sidecar,
    http_static: await stand.server('static-http', null),
    grpc: { port: sidecar.grpc, pid: sidecar.pid },
    grpc_static: await stand.server('static-grpc', null),
  };
}

const RATIOS: readonly (readonly [FigureId, Name, Name])[] = [
  ['envoy.http_to_static', 'http', 'http_static'],
  ['envoy.grpc_to_static', 'grpc', 'grpc_static'],
  ['envoy.grpc_to_http', 'grpc', 'http'],
  ['envoy.http_to_none', 'http', 'none'],
  ['envoy.grpc_to_none', 'grpc', 'none'],
];

function figuresOf(measured: (name: Name) => readonly Sample[] | null): readonly Figure[] {
  const compared = RATIOS.flatMap(([id, ours, theirs]) => {
    const [subject, reference] = [measured(ours), measured(theirs)];
    if (subject === null || reference === null) return [];
    return [ratioFigure(id, throughputs(subject), throughputs(reference))];
  });
  const absolute = CONTESTANTS.flatMap((name) => {
    const samples = measured(name);
    if (samples === null) return [];
    const cpu = name === 'none' ? [] : [figure(`envoy.${name}_cpu`, cpuTimes(samples))];
    return [figure(`envoy.${name}`, throughputs(samples)), ...cpu];
  });
  return [...compared, ...absolute];
}
