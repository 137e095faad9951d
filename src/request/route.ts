import type { Operation } from '../domain/request.js';

/**
 * What Aviso would do with a method and a request-target: serve a gated read, something of its own, or nothing.
 *
 * `unknown` is refused with 404, never taken for "not gated".
 */
export type Route =
  | { readonly kind: 'gated'; readonly operation: Operation }
  | { readonly kind: 'ungated' }
  | { readonly kind: 'unknown' };

const UNKNOWN: Route = { kind: 'unknown' };
const UNGATED: Route = { kind: 'ungated' };
const GATED: ReadonlyMap<string, Route> = new Map([
  ['/api/v1/watch', { kind: 'gated', operation: 'watch' }],
  ['/api/v1/replay', { kind: 'gated', operation: 'replay' }],
]);

interface OtherRoute {
  /** A folder (`/x/`) stands for everything below it. */
  readonly path: string;
  readonly methods: readonly string[];
  /** The folder itself is a route, too. */
  readonly hasIndex?: true;
}

/** Aviso's other routes. */
const OTHERS: readonly OtherRoute[] = [
  { path: '/', methods: ['GET', 'HEAD'] },
  { path: '/health', methods: ['GET', 'HEAD'] },
  { path: '/api/v1/notification', methods: ['POST'] },
  { path: '/api/v1/schema', methods: ['GET', 'HEAD'] },
  { path: '/api/v1/schema/', methods: ['GET', 'HEAD'] },
  { path: '/api/v1/admin/', methods: ['DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH'] },
  { path: '/static/', methods: ['GET', 'HEAD'], hasIndex: true },
  { path: '/swagger-ui/', methods: ['GET', 'HEAD'], hasIndex: true },
  { path: '/api-docs/openapi.json', methods: ['GET', 'HEAD'] },
];

/** Routes a request as Aviso does: on the exact path, after decoding what Aviso decodes (contract section 2). */
export function routeOf(method: string, target: string): Route {
  const path = decodedPath(target);
  if (path === null) return UNKNOWN;
  const gated = GATED.get(path);
  if (gated !== undefined) return method === 'POST' ? gated : UNKNOWN;
  return OTHERS.some((route) => route.methods.includes(method) && covers(route, path)) ? UNGATED : UNKNOWN;
}

/** The path before the query, percent-decoded once but for `%25`, `%2F` and `%2B`; null if it is none. */
function decodedPath(target: string): string | null {
  if (!target.startsWith('/') || target.includes('#')) return null;
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (!path.includes('%')) return path;
  return path.replace(/%([0-9a-fA-F]{2})/g, (escaped, hex: string) =>
    /^2[5fFbB]$/.test(hex) ? escaped : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function covers(route: OtherRoute, path: string): boolean {
  if (path === route.path) return route.hasIndex === true || !isFolder(route.path);
  if (!isFolder(route.path) || !path.startsWith(route.path)) return false;
  return path.slice(route.path.length).split('/').every(isPlainSegment);
}

const isFolder = (path: string): boolean => path.endsWith('/') && path !== '/';

/** No empty or dot segment, and nothing that a proxy or file server might read as a separator or terminator. */
const isPlainSegment = (segment: string): boolean => /^(?!\.{1,2}$)[!-$&-.0-[\]-~]+$/.test(segment);
