import type { Directive } from './parse.js';
import type { Scope } from './scope.js';

/** Where `proxy_pass` leads. */
export interface Target {
  readonly directive: Directive;
  /** The addresses behind it, for comparing; empty when a variable says. */
  readonly addresses: readonly string[];
  /** What replaces the part of the path that the location matched; null when the client's path goes on as it is. */
  readonly path: string | null;
  /** Whether a variable is part of the address or path. */
  readonly isVariable: boolean;
}

/** The `proxy_pass` of a block itself: nginx does not inherit it. */
export function targetOf(scope: Scope): Target | null {
  const [directive] = scope.own('proxy_pass');
  return directive === undefined ? null : parsed(directive, scope);
}

function parsed(directive: Directive, scope: Scope): Target {
  const url = directive.args[0] ?? '';
  const [, host = '', path = ''] = /^(?:https?:\/\/)?(unix:[^:]+|[^/]*):?(.*)$/s.exec(url) ?? [];
  const isVariable = url.includes('$');
  const addresses = host.includes('$') ? [] : addressesOf(host, scope);
  return { directive, addresses, path: path === '' ? null : path, isVariable };
}

/** The servers of an `upstream` of that name, or the address itself. */
function addressesOf(host: string, scope: Scope): string[] {
  const upstream = upstreamOf(host, scope);
  if (upstream === null) return [address(host)];
  return upstream.own('server').map(({ args: [server = ''] }) => address(server));
}

export function upstreamOf(name: string, scope: Scope): Scope | null {
  const root = scope.parent === null ? scope : null;
  if (root === null) return scope.parent === null ? null : upstreamOf(name, scope.parent);
  return root.all.find((inner) => inner.name === 'upstream' && inner.directive?.args[0] === name) ?? null;
}

function address(text: string): string {
  if (text.startsWith('unix:')) return text;
  const withPort = /:\d+$/.test(text) ? text : `${text}:80`;
  return withPort.replace(/^localhost:/, '127.0.0.1:');
}

/** The client's path that a location passes on as `wanted`; null when there is none. */
export function clientPathFor(
  wanted: string,
  modifier: string,
  pattern: string,
  path: string | null,
): string | null {
  if (path === null) return wanted;
  if (modifier === '=') return path === wanted ? pattern : null;
  return wanted.startsWith(path) ? pattern + wanted.slice(path.length) : null;
}
