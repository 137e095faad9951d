import type { Resources } from './files.js';
import { Part } from './part.js';

/** One of a connection manager's HTTP filters, in their order. */
export interface HttpFilter {
  /** What per-route settings call it. */
  readonly name: string;
  /** `ExtAuthz`, `HeaderMutation`, `Router`, …: the last part of its type's name. */
  readonly type: string;
  /** The entry of `http_filters`. */
  readonly entry: Part;
  readonly config: Part;
  /** Off, unless a route switches it on. */
  readonly isOff: boolean;
}

export interface VirtualHost {
  readonly part: Part;
  readonly routes: readonly Part[];
}

/** An HTTP connection manager. */
export interface Manager {
  readonly config: Part;
  readonly filters: readonly HttpFilter[];
  /** The `RouteConfiguration`; missing when it is in none of the files. */
  readonly routeConfig: Part;
  readonly hosts: readonly VirtualHost[];
}

/** The network filters of every listener. */
export function networkFilters({ listeners }: Resources): Part[] {
  const chains = listeners.flatMap((listener) => [
    ...listener.at('filter_chains').items,
    listener.at('default_filter_chain'),
  ]);
  return chains.flatMap((chain) => chain.at('filters').items);
}

export function managersOf(resources: Resources): Manager[] {
  const messages = networkFilters(resources).map((filter) => filter.at('typed_config').message);
  return messages
    .filter(({ type }) => type === 'HttpConnectionManager')
    .map(({ config }) => {
      const routeConfig = routesOf(config, resources);
      const hosts = routeConfig
        .at('virtual_hosts')
        .items.map((part) => ({ part, routes: part.at('routes').items }));
      return { config, filters: config.at('http_filters').items.map(filterOf), routeConfig, hosts };
    });
}

function filterOf(entry: Part): HttpFilter {
  const { type, config } = entry.at('typed_config').message;
  return { name: entry.at('name').text ?? '', type, entry, config, isOff: entry.at('disabled').flag };
}

/** The routes in the manager itself, or those of the name it asks for. */
function routesOf(config: Part, { routeConfigs }: Resources): Part {
  const name = config.at('rds', 'route_config_name').text;
  if (name === null) return config.at('route_config');
  const found = routeConfigs.find((routeConfig) => routeConfig.at('name').text === name);
  return found ?? new Part(null, config.at('rds').place);
}

/** A filter's settings for a route: of the nearest level that has any, from the route outwards. */
export function perRoute(filter: HttpFilter, levels: readonly Part[]): Part | null {
  const entries = levels.map((level) => level.at('typed_per_filter_config').named(filter.name));
  return entries.find(({ isThere }) => isThere) ?? null;
}

/** Where a filter is switched off for a route; null where it runs. */
export function switchedOff(filter: HttpFilter, levels: readonly Part[]): Part | null {
  const entry = perRoute(filter, levels);
  if (entry === null) return filter.isOff ? filter.entry.at('disabled') : null;
  const { type, config } = entry.message;
  if (config.at('disabled').flag) return config.at('disabled');
  if (type !== 'FilterConfig') return null;
  const inner = config.at('config').message.config;
  return inner.at('disabled').flag ? inner.at('disabled') : null;
}
