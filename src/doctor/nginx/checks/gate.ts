import type { Flaw } from '../../finding.js';
import { GATED_PATHS } from '../../gated.js';
import { CHECK, GATEWAY, type NginxGateway, type Passing } from '../gateway.js';
import { locationOf, matcherOf } from '../locations.js';
import type { Directive } from '../parse.js';
import { clientPathFor, targetOf } from '../proxied.js';
import type { Scope } from '../scope.js';
import { flaw, type NginxCheck, unique } from './check.js';

const ENTRANCE = '`js_content authz.watch;` (or `authz.replay`) and nothing else, as shipped';

/** Whether every request to watch and replay is checked at all. */
export const GATE: readonly NginxCheck[] = [
  {
    name: 'gated_unchecked',
    severity: 'opens',
    flaw: 'the location that serves watch or replay has a `proxy_pass` and no check',
    consequence: 'everybody reads everything that comes this way',
    find: (gateway) =>
      toAviso(gateway).flatMap(({ location, scopes }) =>
        authRequest(location) !== null
          ? []
          : scopes.map((scope) =>
              flaw(scope, scope.own('proxy_pass')[0] ?? null, 'leads to Aviso without a check', ENTRANCE),
            ),
      ),
  },
  {
    name: 'auth_request',
    severity: 'breaks',
    flaw: 'watch or replay is guarded by `auth_request`',
    consequence:
      'it sends no body, and the destination is in the body: every request is refused, with 500; a destination out of a header would be the client’s word for what it then does not ask for',
    find: (gateway) =>
      toAviso(gateway).flatMap(({ location }) => {
        const directive = authRequest(location);
        return directive === null ? [] : [flaw(location, directive, 'carries no body', ENTRANCE)];
      }),
  },
  {
    name: 'past_the_check',
    severity: 'opens',
    flaw: 'a location that clients reach passes another path to Aviso as watch or replay, or to where a variable says',
    consequence: 'whoever finds that path reads without a check',
    find: (gateway) => gateway.passing.flatMap((passing) => detours(passing, gateway)),
  },
  {
    name: 'jump_past_the_check',
    severity: 'opens',
    flaw: `a \`rewrite\`, \`error_page\` or \`try_files\` leads into \`${GATEWAY}\`, or rewrites another path into watch or replay`,
    consequence: '`internal` does not stop jumps within nginx: the request goes to Aviso without a check',
    find: ({ guarded }) =>
      guarded
        .flatMap((server) => server.all)
        .flatMap((scope) =>
          ['rewrite', 'error_page', 'try_files'].flatMap((name) =>
            scope
              .own(name)
              .filter(({ args }) => isJump(name, args))
              .map((directive) =>
                flaw(scope, directive, 'leads past the check', 'no way there but that of authz.js'),
              ),
          ),
        ),
  },
  {
    name: 'gateway_internal',
    severity: 'opens',
    flaw: `the location \`${GATEWAY}\` is not \`internal\``,
    consequence: 'a client that asks for it gets to Aviso without a check',
    find: ({ gateways }) => notInternal(gateways),
  },
  {
    name: 'check_internal',
    severity: 'breaks',
    flaw: `the location \`${CHECK}\` is not \`internal\``,
    consequence: 'clients can talk to the authorizer itself, as often as they like',
    find: ({ checks }) => notInternal(checks),
  },
  {
    name: 'stream_to_aviso',
    severity: 'opens',
    flaw: 'a `stream` server leads to Aviso',
    consequence: 'whoever reaches that port reads everything',
    find: ({ root, passing }) => {
      const aviso = new Set(passing.flatMap(({ target }) => target.addresses));
      return root
        .children('stream')
        .flatMap((stream) => stream.all)
        .flatMap((scope) => {
          const target = targetOf(scope);
          const leads = target?.addresses.some((address) => aviso.has(address)) === true;
          return leads
            ? [flaw(scope, target.directive, 'leads to Aviso past every check', 'no such server')]
            : [];
        });
    },
  },
  {
    name: 'merge_slashes',
    severity: 'opens',
    flaw: '`merge_slashes off`',
    consequence: 'the locations and what stands behind them may read `/api/v1//watch` in two ways',
    find: ({ guarded }) =>
      guarded.flatMap((server) => {
        const directive = server.setting('merge_slashes');
        return directive?.args[0] === 'off' ? [flaw(server, directive, 'is off', 'no `merge_slashes`')] : [];
      }),
  },
  {
    name: 'unchecked_catch_all',
    severity: 'advice',
    flaw: 'a location of a guarded server takes paths to Aviso that nobody has listed',
    consequence: 'a new route of Aviso’s is open as soon as it exists',
    find: ({ guarded, passing }) =>
      guarded.flatMap((server) => {
        const location = locationOf(server, '/api/v1/a-new-route');
        const scopes = location === null ? [] : passes(location);
        return scopes
          .filter((scope) => passing.some((one) => one.scope === scope))
          .map((scope) => flaw(scope, scope.own('proxy_pass')[0] ?? null, 'takes any path', '`return 404;`'));
      }),
  },
  {
    name: 'escaped_separators',
    severity: 'advice',
    flaw: 'nothing looks for `%2f`, `%5c` and `%00` in `$request_uri`',
    consequence: 'nginx decodes them before it chooses a location, and others do not',
    find: ({ root, guarded }) => {
      const maps = root.all.filter(
        ({ name, directive }) => name === 'map' && directive?.args[0] === '$request_uri',
      );
      const patterns = [
        ...maps.flatMap(({ directives }) => directives.map(({ name }) => name)),
        ...guarded
          .flatMap(({ all }) => all)
          .filter(({ name }) => name === 'if')
          .flatMap(({ directive }) => directive?.args ?? []),
      ];
      return patterns.some((pattern) => /2f/i.test(pattern))
        ? []
        : guarded.map((server) =>
            flaw(
              server,
              null,
              'takes paths with `%2f`',
              'the map `$has_escaped_separator` and its `if`, as shipped',
            ),
          );
    },
  },
];

/** The locations that serve watch or replay and pass them to Aviso, or to where a variable says. */
function toAviso({ entrances, passing }: NginxGateway) {
  return unique(entrances.map(({ location }) => location))
    .map((location) => ({
      location,
      scopes: passes(location).filter((scope) => passing.some((one) => one.scope === scope)),
    }))
    .filter(({ scopes }) => scopes.length > 0);
}

function authRequest(location: Scope): Directive | null {
  const directive = location.setting('auth_request');
  return directive?.args[0] === 'off' ? null : directive;
}

/** The blocks of a location, itself included, that pass requests on; those of a location within it are its own. */
function passes(location: Scope): Scope[] {
  const inner = location.children('if', 'limit_except').flatMap(passes);
  return location.own('proxy_pass').length > 0 ? [location, ...inner] : inner;
}

function notInternal(locations: readonly Scope[]): Flaw[] {
  return locations
    .filter((location) => location.own('internal').length === 0)
    .map((location) => flaw(location, null, 'is not `internal`', '`internal;`'));
}

function detours({ scope, server, target }: Passing, { guarded, gateways }: NginxGateway): Flaw[] {
  const location = nearestLocation(scope);
  if (
    location === null ||
    gateways.includes(location) ||
    location.own('internal').length > 0 ||
    matcherOf(location).modifier === '@'
  )
    return [];
  const cure = 'a `proxy_pass` with the one path that is meant';
  if (target.addresses.length === 0)
    return guarded.includes(server)
      ? [flaw(scope, target.directive, 'leads where a variable says', cure)]
      : [];
  const { modifier, pattern } = matcherOf(location);
  const way = target.path?.includes('$') ? null : target.path;
  const open = GATED_PATHS.filter((path) => {
    const asked = clientPathFor(path, modifier, pattern, way);
    return asked !== null && asked !== path && locationOf(server, asked) === location;
  });
  if (open.length === 0) return [];
  return [flaw(scope, target.directive, `passes another path to Aviso as ${open.join(' and ')}`, cure)];
}

function nearestLocation(scope: Scope): Scope | null {
  if (scope.name === 'location' || scope.parent === null) return scope.name === 'location' ? scope : null;
  return nearestLocation(scope.parent);
}

function isJump(name: string, args: readonly string[]): boolean {
  const targets = name === 'rewrite' ? args.slice(1, 2) : args;
  const entersGateway = targets.some((target) => target.startsWith(GATEWAY.slice(0, -1)));
  const becomesGated =
    name === 'rewrite' &&
    args.includes('break') &&
    targets.some((target) => /^\/api\/v1\/(watch|replay|\$)/.test(target));
  return entersGateway || becomesGated;
}
