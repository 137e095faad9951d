import type { Part } from './part.js';

/** The resources of all files that were given, whatever form they came in. */
export interface Resources {
  readonly roots: readonly Part[];
  readonly bootstraps: readonly Part[];
  readonly listeners: readonly Part[];
  readonly clusters: readonly Part[];
  readonly routeConfigs: readonly Part[];
}

/**
 * Finds listeners, clusters and routes in bootstrap files, in resource files of the file system's xDS (`resources`),
 * and in what the admin page `/config_dump` prints.
 */
export function resourcesOf(roots: readonly Part[]): Resources {
  const dumps = roots.flatMap((root) => root.at('configs').items);
  const loose = roots.flatMap((root) => root.at('resources').items).map(unwrapped);
  const bootstraps = [
    ...roots.filter((root) => !root.at('configs').isThere && !root.at('resources').isThere),
    ...dumps.filter(({ type }) => type === 'BootstrapConfigDump').map((dump) => dump.at('bootstrap')),
  ];
  // A dump repeats the bootstrap's static resources in dumps of their own.
  const statics = bootstraps
    .filter((root) => roots.includes(root))
    .map((root) => root.at('static_resources'));
  const ofType = (type: string): Part[] => loose.filter((resource) => resource.type === type);
  return {
    roots,
    bootstraps,
    listeners: [
      ...statics.flatMap((part) => part.at('listeners').items),
      ...ofType('Listener'),
      ...dumps.flatMap((dump) => [
        ...each(dump, 'static_listeners', 'listener'),
        ...each(dump, 'dynamic_listeners', 'active_state', 'listener'),
      ]),
    ],
    clusters: [
      ...statics.flatMap((part) => part.at('clusters').items),
      ...ofType('Cluster'),
      ...dumps.flatMap((dump) => [
        ...each(dump, 'static_clusters', 'cluster'),
        ...each(dump, 'dynamic_active_clusters', 'cluster'),
      ]),
    ],
    routeConfigs: [
      ...ofType('RouteConfiguration'),
      ...dumps.flatMap((dump) => [
        ...each(dump, 'static_route_configs', 'route_config'),
        ...each(dump, 'dynamic_route_configs', 'route_config'),
      ]),
    ],
  };
}

const each = (dump: Part, list: string, ...way: readonly string[]): Part[] =>
  dump
    .at(list)
    .items.map((item) => item.at(...way))
    .filter(({ isThere }) => isThere);

/** A discovery response may wrap each resource, to give it a version. */
const unwrapped = (resource: Part): Part =>
  resource.type === 'Resource' ? resource.at('resource') : resource;
