import type { Budget } from '../finding.js';
import { GATED_PATHS, type GatedPath } from '../gated.js';
import { locationOf } from './locations.js';
import { type Target, targetOf } from './proxied.js';
import type { Scope } from './scope.js';

/** Where the shipped `authz.js` sends the check, and after an allow the request. */
export const CHECK = '/_authz/';
export const GATEWAY = '/_gateway/';

/** The location that serves a gated path. */
export interface Entrance {
  readonly server: Scope;
  readonly path: GatedPath;
  /** Null when no location does. */
  readonly location: Scope | null;
}

/** A block with a `proxy_pass`. */
export interface Passing {
  readonly scope: Scope;
  readonly server: Scope;
  readonly target: Target;
}

/** What the checks look at. */
export interface NginxGateway {
  readonly budget: Budget;
  readonly root: Scope;
  readonly servers: readonly Scope[];
  readonly entrances: readonly Entrance[];
  /** Servers that hand watch or replay to JavaScript: the ones whose every part is looked at. */
  readonly guarded: readonly Scope[];
  /** The locations that hand them over. */
  readonly handlers: readonly Entrance[];
  /** The locations of the check, one for each guarded server that has it. */
  readonly checks: readonly Scope[];
  /** The locations that lead to Aviso after an allow. */
  readonly gateways: readonly Scope[];
  /** Every block that passes requests to Aviso, the gateways included. */
  readonly passing: readonly Passing[];
  /** What a JavaScript file is known to be; null when it could not be read. */
  readonly scripts: ReadonlyMap<string, string | null>;
}

export function nginxGatewayOf(
  root: Scope,
  scripts: ReadonlyMap<string, string | null>,
  budget: Budget,
): NginxGateway {
  const servers = root.children('http').flatMap((http) => http.children('server'));
  const entrances = servers.flatMap((server) =>
    GATED_PATHS.map((path) => ({ server, path, location: closes(server) ? null : locationOf(server, path) })),
  );
  const handlers = entrances.filter(({ location }) => (location?.own('js_content').length ?? 0) > 0);
  const guarded = servers.filter((server) => handlers.some((handler) => handler.server === server));
  const inGuarded = (path: string): Scope[] =>
    unique(
      guarded.flatMap((server) =>
        GATED_PATHS.map((gated) => locationOf(server, path + gated.slice('/api/v1/'.length))),
      ),
    ).filter((location) => isFor(location, path));
  const [checks, gateways] = [inGuarded(CHECK), inGuarded(GATEWAY)];
  const passing = servers.flatMap((server) => passingIn(server));
  const aviso = avisoAddresses(gateways, entrances);
  return {
    ...{ budget, root, servers, entrances, guarded, handlers, checks, gateways, scripts },
    passing: passing.filter(
      ({ target }) => target.addresses.length === 0 || target.addresses.some((at) => aviso.has(at)),
    ),
  };
}

/** Whether a server answers everything by itself, as one does that sends clients to TLS. */
const closes = (server: Scope): boolean => server.own('return').length > 0;

const unique = (scopes: readonly (Scope | null)[]): Scope[] => [
  ...new Set(scopes.filter((scope) => scope !== null)),
];

/** Whether a location is there for a path of `authz.js`, and not for any other. */
const isFor = (location: Scope, path: string): boolean =>
  location.directive?.args.some((arg) => arg.includes(path.slice(0, -1))) === true;

function passingIn(server: Scope): Passing[] {
  return server.all.flatMap((scope) => {
    const target = targetOf(scope);
    return target === null ? [] : [{ scope, server, target }];
  });
}

/** Aviso's addresses: where allowed requests go; without such a location, where gated paths go. */
function avisoAddresses(gateways: readonly Scope[], entrances: readonly Entrance[]): Set<string> {
  const targets = gateways.map(targetOf).filter((target) => target !== null);
  const fallback = entrances.flatMap(({ location }) => location?.all ?? []).map(targetOf);
  const chosen = targets.length > 0 ? targets : fallback.filter((target) => target !== null);
  return new Set(chosen.flatMap(({ addresses }) => addresses));
}
