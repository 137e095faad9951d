import type { Budget } from '../finding.js';
import { GATED_PATHS, type GatedPath } from '../gated.js';
import { type Clusters, clustersOf } from './clusters.js';
import { type Resources, resourcesOf } from './files.js';
import { type HttpFilter, type Manager, managersOf, switchedOff } from './manager.js';
import { type Reach, reachOf } from './matching.js';
import type { Part } from './part.js';

/** A route to Aviso. */
export interface Route {
  readonly manager: Manager;
  readonly part: Part;
  readonly match: Part;
  /** Its `route`. */
  readonly action: Part;
  /** Where settings of filters may stand, the nearest first. */
  readonly levels: readonly Part[];
  /** The gated paths that a POST reaches it by. */
  readonly gated: readonly GatedPath[];
}

/** What the checks look at. */
export interface EnvoyGateway {
  readonly budget: Budget;
  readonly resources: Resources;
  readonly clusters: Clusters;
  /** The names of Aviso's clusters. */
  readonly aviso: ReadonlySet<string>;
  readonly managers: readonly Manager[];
  /** Managers that ask an authorizer and have a route to Aviso: the ones whose every part is looked at. */
  readonly guarded: readonly Manager[];
  /** Routes to Aviso. */
  readonly routes: readonly Route[];
}

export function gatewayOf(roots: readonly Part[], budget: Budget): EnvoyGateway {
  const resources = resourcesOf(roots);
  const managers = managersOf(resources);
  const clusters = clustersOf(resources.clusters);
  const aviso = avisoClusters(managers, clusters);
  const routes = managers.flatMap((manager) => routesTo(aviso, manager));
  const leads = (manager: Manager): boolean => routes.some((route) => route.manager === manager);
  const guarded = managers.filter((manager) => leads(manager) && authzFilters(manager).length > 0);
  return { budget, resources, clusters, aviso, managers, guarded, routes };
}

export const authzFilters = ({ filters }: Manager): HttpFilter[] =>
  filters.filter(({ type }) => type === 'ExtAuthz');

/** Where the check is switched off for a route; null where it runs. */
export function uncheckedBy({ manager, levels }: Route): Part | null {
  const off = authzFilters(manager).map((filter) => switchedOff(filter, levels));
  return off.find((part) => part !== null) ?? null;
}

/** Where a route leads; a name taken from a request, or by a plugin, can be any. */
function targets(action: Part): string[] {
  const weighted = action.at('weighted_clusters', 'clusters').items.map((part) => part.at('name').text);
  const names = [action.at('cluster').text, ...weighted];
  return names.filter((name) => name !== null);
}

const leadsAnywhere = (action: Part): boolean =>
  ['cluster_header', 'cluster_specifier_plugin', 'inline_cluster_specifier_plugin'].some(
    (name) => action.at(name).isThere,
  );

/**
 * Aviso's clusters: where routes lead that are about Aviso's paths. When there are none, where a request to a gated
 * path goes. And every other cluster with the same endpoints.
 */
function avisoClusters(managers: readonly Manager[], clusters: Clusters): Set<string> {
  const all = managers.flatMap(({ hosts }) => hosts.flatMap(({ routes }) => routes));
  const reaching = all.filter((route) =>
    GATED_PATHS.some((path) => reachOf(route.at('match'), path) !== 'never'),
  );
  const about = reaching.filter((route) => reachOf(route.at('match'), '/something/else') === 'never');
  const chosen = about.flatMap((route) => targets(route.at('route'))).length > 0 ? about : reaching;
  return clusters.sameAs(new Set(chosen.flatMap((route) => targets(route.at('route')))));
}

function routesTo(aviso: ReadonlySet<string>, manager: Manager): Route[] {
  return manager.hosts.flatMap(({ part: host, routes }) => {
    const gated = gatedPathsOf(routes);
    return routes.flatMap((part) => {
      const action = part.at('route');
      if (!leadsAnywhere(action) && !targets(action).some((name) => aviso.has(name))) return [];
      const weighted = action.at('weighted_clusters', 'clusters').items;
      const levels = [...weighted, part, host, manager.routeConfig];
      return [{ manager, part, match: part.at('match'), action, levels, gated: gated.get(part) ?? [] }];
    });
  });
}

/** For each route the gated paths that come to it, when those before it let them pass. */
function gatedPathsOf(routes: readonly Part[]): Map<Part, GatedPath[]> {
  const paths = new Map<Part, GatedPath[]>();
  for (const path of GATED_PATHS) {
    for (const route of routes) {
      const reach: Reach = reachOf(route.at('match'), path);
      if (reach !== 'never') paths.set(route, [...(paths.get(route) ?? []), path]);
      if (reach === 'always') break;
    }
  }
  return paths;
}

/** A check's settings: of the filter, and of routes that have others. */
export interface AuthzSettings {
  readonly manager: Manager;
  readonly filter: HttpFilter;
  /** The filter's own settings, or a route's `check_settings`. */
  readonly part: Part;
}

/** `http_service` or `grpc_service`, of the filter or of a gated route. */
export interface Service extends AuthzSettings {
  readonly kind: 'http' | 'grpc';
  readonly timeout: Part;
  /** The cluster it asks. */
  readonly cluster: Part;
}

/** The filters' own settings. */
export const authzOf = ({ guarded }: EnvoyGateway): AuthzSettings[] =>
  guarded.flatMap((manager) =>
    authzFilters(manager).map((filter) => ({ manager, filter, part: filter.config })),
  );

/** The settings that gated routes have of their own. */
export const ownSettings = ({
  guarded,
  routes,
}: EnvoyGateway): (AuthzSettings & { readonly route: Route })[] =>
  routes
    .filter(({ manager, gated }) => gated.length > 0 && guarded.includes(manager))
    .flatMap((route) =>
      authzFilters(route.manager).flatMap((filter) =>
        route.levels
          .map((level) => level.at('typed_per_filter_config').named(filter.name).message.config)
          .map((config) => (config.at('config').isThere ? config.at('config').message.config : config))
          .filter((config) => config.at('check_settings').isThere)
          .map((config) => ({ manager: route.manager, filter, part: config.at('check_settings'), route })),
      ),
    );

export function servicesOf(gateway: EnvoyGateway): Service[] {
  return [...authzOf(gateway), ...ownSettings(gateway)].flatMap((settings) => {
    const [http, grpc] = [settings.part.at('http_service'), settings.part.at('grpc_service')];
    const server = http.at('server_uri');
    return [
      ...(http.isThere
        ? [
            {
              ...settings,
              part: http,
              kind: 'http' as const,
              timeout: server.at('timeout'),
              cluster: server.at('cluster'),
            },
          ]
        : []),
      ...(grpc.isThere
        ? [
            {
              ...settings,
              part: grpc,
              kind: 'grpc' as const,
              timeout: grpc.at('timeout'),
              cluster: grpc.at('envoy_grpc', 'cluster_name'),
            },
          ]
        : []),
    ];
  });
}

/** Routes of guarded managers that gated requests come to. */
export const gatedRoutes = ({ guarded, routes }: EnvoyGateway): Route[] =>
  routes.filter(({ manager, gated }) => gated.length > 0 && guarded.includes(manager));

export const speaks = (gateway: EnvoyGateway, manager: Manager, kind: Service['kind']): boolean =>
  servicesOf(gateway).some((service) => service.manager === manager && service.kind === kind);
