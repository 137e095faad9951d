import type { Flaw } from '../../finding.js';
import { GATED_PATHS, readAs } from '../../gated.js';
import {
  authzFilters,
  authzOf,
  type EnvoyGateway,
  gatedRoutes,
  ownSettings,
  type Route,
  servicesOf,
  speaks,
  uncheckedBy,
} from '../gateway.js';
import { networkFilters } from '../manager.js';
import { rewritesInto } from '../matching.js';
import { type EnvoyCheck, flaw, unless, unlessOff } from './check.js';

/** What a configuration dump shows in place of any value of `context_extensions`. */
const REDACTED = '[redacted]';

/** Whether every request to watch and replay is checked at all. */
export const GATE: readonly EnvoyCheck[] = [
  {
    name: 'ext_authz_missing',
    severity: 'opens',
    flaw: 'a connection manager leads watch or replay to Aviso and has no `ext_authz` filter',
    consequence: 'everybody reads everything that comes this way',
    find: ({ managers, routes }) =>
      managers.flatMap((manager) => {
        const leads = routes.some((route) => route.manager === manager && route.gated.length > 0);
        if (!leads || authzFilters(manager).length > 0) return [];
        const cure = 'the `ext_authz` filter of the shipped configuration, before the router';
        return [flaw(manager.config.at('http_filters'), 'has no `ext_authz` filter', cure)];
      }),
  },
  {
    name: 'route_unchecked',
    severity: 'opens',
    flaw: 'the filter is switched off for watch or replay: on the route, its virtual host, its route configuration, or altogether',
    consequence: 'requests on this route go to Aviso without a check',
    find: (gateway) =>
      gatedRoutes(gateway).flatMap((route) => {
        const off = uncheckedBy(route);
        const problem = `switches the check off for ${route.gated.join(' and ')}`;
        return off === null ? [] : [flaw(off, problem, 'no `disabled` where watch or replay can arrive')];
      }),
  },
  {
    name: 'filter_enabled',
    severity: 'opens',
    flaw: '`filter_enabled` below 100 %, or with a `runtime_key`, and no `deny_at_disable`; or `filter_enabled_metadata`',
    consequence:
      'the rest of the requests, or all of them once the runtime says so, go to Aviso without a check',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part }) => {
        const cure = 'neither `filter_enabled` nor `filter_enabled_metadata`: then every request is checked';
        const metadata = part.at('filter_enabled_metadata');
        const fraction = part.at('filter_enabled');
        const partial =
          fraction.isThere && !isWhole(part) && !part.at('deny_at_disable', 'default_value').flag;
        return [
          ...(metadata.isThere ? [flaw(metadata, 'checks only requests with some metadata', cure)] : []),
          ...(partial ? [flaw(fraction, 'checks a share of the requests', cure)] : []),
        ];
      }),
  },
  {
    name: 'deny_at_disable',
    severity: 'breaks',
    flaw: '`filter_enabled` below 100 %, or with a `runtime_key`, with `deny_at_disable`',
    consequence: 'the rest of the requests is refused without a check',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part }) =>
        part.at('filter_enabled').isThere &&
        !isWhole(part) &&
        part.at('deny_at_disable', 'default_value').flag
          ? [flaw(part.at('filter_enabled'), 'refuses a share of the requests', 'no `filter_enabled`')]
          : [],
      ),
  },
  {
    name: 'failure_mode_allow',
    severity: 'opens',
    flaw: '`failure_mode_allow: true`',
    consequence: 'while the authorizer is dead, slow or answers a 5xx, everybody is let through',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part }) =>
        unlessOff(part.at('failure_mode_allow'), '`failure_mode_allow: false`'),
      ),
  },
  {
    name: 'clear_route_cache',
    severity: 'opens',
    flaw: '`clear_route_cache: true`',
    consequence:
      'the route is chosen again after the check, by headers that were changed since, and may be another',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part }) =>
        unlessOff(part.at('clear_route_cache'), 'no `clear_route_cache`'),
      ),
  },
  {
    name: 'rewritten_path',
    severity: 'opens',
    flaw: 'a route to Aviso rewrites another path into watch or replay, or may do so',
    consequence: 'the authorizer is shown one path, and Aviso reads another',
    find: ({ routes }) => routes.flatMap(rewriteFlaws),
  },
  {
    name: 'authorizer_path',
    severity: 'opens',
    flaw: '`path_prefix` or `path_override` makes watch or replay a path that is not gated',
    consequence: 'the authorizer answers 200 without a check',
    find: (gateway) =>
      servicesOf(gateway)
        .filter(({ kind }) => kind === 'http')
        .flatMap(({ part }) => {
          const prefix = part.at('path_prefix').text ?? '';
          const shown = (path: string): string => part.at('path_override').text ?? prefix + path;
          const opens = GATED_PATHS.some(
            (path) => readAs(shown(path).replace(/^\/envoy(?=\/)/, '')) === 'ungated',
          );
          return opens
            ? [flaw(part, 'shows the authorizer a path that is not gated', '`path_prefix: /envoy`')]
            : [];
        }),
  },
  {
    name: 'aviso_as_authorizer',
    severity: 'opens',
    flaw: 'the check asks a cluster of Aviso',
    consequence: 'any 200 (over gRPC any answer) is an allow, whoever gives it',
    find: (gateway) =>
      servicesOf(gateway).flatMap(({ cluster }) =>
        gateway.aviso.has(cluster.text ?? '')
          ? [flaw(cluster, 'is a cluster of Aviso', 'the cluster of the authorizer')]
          : [],
      ),
  },
  {
    name: 'tcp_to_aviso',
    severity: 'opens',
    flaw: 'a `tcp_proxy` leads to Aviso',
    consequence: 'whoever reaches that listener reads everything',
    find: ({ resources, aviso }) =>
      networkFilters(resources).flatMap((filter) => {
        const { type, config } = filter.at('typed_config').message;
        const cluster = config.at('cluster');
        return type === 'TcpProxy' && aviso.has(cluster.text ?? '')
          ? [
              flaw(
                cluster,
                'leads to Aviso past every HTTP filter',
                'no listener that leads to Aviso but the checked one',
              ),
            ]
          : [];
      }),
  },
  {
    name: 'routes_elsewhere',
    severity: 'opens',
    flaw: 'routes of a connection manager with `ext_authz` are in none of the files, or in a form that is not read (`scoped_routes`, `matcher`, `vhds`)',
    consequence: 'nobody has looked whether they switch the check off',
    find: ({ managers }) =>
      managers
        .filter((manager) => authzFilters(manager).length > 0)
        .flatMap((manager) => {
          const { config, routeConfig, hosts } = manager;
          const cure = 'another `--envoy` file with the routes, or what `/config_dump` prints';
          const unread = [
            config.at('scoped_routes'),
            routeConfig.at('vhds'),
            ...hosts.map(({ part }) => part.at('matcher')),
          ];
          return [
            ...(config.at('rds').isThere && !routeConfig.isThere
              ? [flaw(config.at('rds'), 'names routes that are not here', cure)]
              : []),
            ...unread.filter(({ isThere }) => isThere).map((part) => flaw(part, 'is not looked into', cure)),
          ];
        }),
  },
  {
    name: 'operation_label',
    severity: 'breaks',
    flaw: 'a route tells the authorizer another `operation` than its path says (gRPC)',
    consequence: 'the authorizer refuses the contradiction: 500',
    find: (gateway) =>
      ownSettings(gateway)
        .filter(({ manager }) => speaks(gateway, manager, 'grpc'))
        .flatMap(({ part, route }) => {
          const told = part.at('context_extensions', 'operation');
          const meant = route.gated.map((path) => path.slice('/api/v1/'.length));
          const fine = !told.isThere || told.text === REDACTED || meant.join() === told.text;
          const cure = `\`operation: ${meant[0]}\`, on a route of its own`;
          return unless(fine, told, `is not that of the route of ${meant.join(' and ')}`, cure);
        }),
  },
  {
    name: 'gated_unreachable',
    severity: 'breaks',
    flaw: 'no route leads POST `/api/v1/watch` or `/api/v1/replay` to Aviso',
    consequence: 'nobody can subscribe',
    find: (gateway) =>
      gateway.guarded.flatMap((manager) => {
        const reached = gateway.routes
          .filter((route) => route.manager === manager)
          .flatMap(({ gated }) => gated);
        const missing = GATED_PATHS.filter((path) => !reached.includes(path));
        const problem = `has no route to Aviso for POST ${missing.join(' and ')}`;
        return missing.length === 0
          ? []
          : [
              flaw(
                manager.routeConfig,
                problem,
                'the routes `watch` and `replay` of the shipped configuration',
              ),
            ];
      }),
  },
];

/** Whether every request is checked, whatever the runtime says. */
function isWhole(settings: EnvoyGateway['managers'][number]['config']): boolean {
  const fraction = settings.at('filter_enabled', 'default_value');
  const denominator = fraction.at('denominator');
  const whole = denominator.isOneOf('TEN_THOUSAND', 1)
    ? 10_000
    : denominator.isOneOf('MILLION', 2)
      ? 1_000_000
      : 100;
  const hasKey = (settings.at('filter_enabled', 'runtime_key').text ?? '') !== '';
  return (fraction.at('numerator').number ?? 0) >= whole && !hasKey;
}

function rewriteFlaws({ match, action }: Route): Flaw[] {
  const names = ['prefix_rewrite', 'regex_rewrite', 'path_rewrite_policy', 'path_rewrite'];
  const rewrite = names.map((name) => action.at(name)).find(({ isThere }) => isThere);
  if (rewrite === undefined) return [];
  const into = GATED_PATHS.map((path) => rewritesInto(match, action, path));
  if (into.every((verdict) => verdict === false)) return [];
  const problem = into.includes(true)
    ? 'makes watch or replay of another path'
    : 'cannot be followed, and may make watch or replay of another path';
  return [flaw(rewrite, problem, 'a route on the path as Aviso has it, without a rewrite')];
}
