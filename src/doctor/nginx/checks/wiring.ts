import { GATED_PATHS, readAs } from '../../gated.js';
import { CHECK, GATEWAY } from '../gateway.js';
import { locationOf, matcherOf } from '../locations.js';
import { targetOf } from '../proxied.js';
import type { Scope } from '../scope.js';
import { flaw, type NginxCheck, unique } from './check.js';

/** Whether the parts fit to `authz.js`, and it is what was shipped. */
export const WIRING: readonly NginxCheck[] = [
  {
    name: 'handler',
    severity: 'breaks',
    flaw: '`js_content` of watch is not the function `watch`, or that of replay not `replay`',
    consequence: 'a request is served as another than it is, or not at all',
    find: ({ handlers }) =>
      handlers.flatMap(({ path, location }) => {
        const directive = location?.own('js_content')[0] ?? null;
        const wanted = path.slice('/api/v1/'.length);
        const fine = location === null || directive?.args[0]?.split('.').at(-1) === wanted;
        return fine
          ? []
          : [flaw(location, directive, `is not \`${wanted}\` on ${path}`, `\`js_content authz.${wanted};\``)];
      }),
  },
  {
    name: 'gated_unreachable',
    severity: 'breaks',
    flaw: 'no location of a guarded server serves watch, or replay',
    consequence: 'nobody can subscribe',
    find: ({ guarded, entrances, handlers }) =>
      entrances
        .filter((entrance) => guarded.includes(entrance.server) && !handlers.includes(entrance))
        .filter(
          ({ location }) =>
            location === null ||
            (location.own('proxy_pass').length === 0 && location.children('if').length === 0),
        )
        .map(({ server, path }) =>
          flaw(
            server,
            null,
            `has no handler for ${path}`,
            `\`location = ${path} { js_content authz.${path.slice(8)}; }\``,
          ),
        ),
  },
  {
    name: 'check_location',
    severity: 'breaks',
    flaw: `there is no location \`${CHECK}\` that passes to the authorizer`,
    consequence: 'authz.js has nobody to ask: every request is 503',
    find: ({ guarded, checks }) => without(guarded, checks, CHECK),
  },
  {
    name: 'gateway_location',
    severity: 'breaks',
    flaw: `there is no location \`${GATEWAY}\` that passes to Aviso`,
    consequence: 'an allow leads nowhere: 404',
    find: ({ guarded, gateways }) => without(guarded, gateways, GATEWAY),
  },
  {
    name: 'authorizer_path',
    severity: 'opens',
    flaw: `\`proxy_pass\` of \`${CHECK}\` makes watch or replay a path that is not gated`,
    consequence: 'the authorizer answers 200 without a check',
    find: ({ checks }) =>
      checks
        .filter((scope) => shown(scope).some((path) => readAs(path) === 'ungated'))
        .map((scope) =>
          flaw(
            scope,
            scope.own('proxy_pass')[0] ?? null,
            'shows the authorizer a path that is not gated',
            '`proxy_pass http://authz/api/v1/;`',
          ),
        ),
  },
  {
    name: 'check_path',
    severity: 'breaks',
    flaw: `\`proxy_pass\` of \`${CHECK}\` does not lead to \`/api/v1/\` of the authorizer`,
    consequence: 'its answers are none that authz.js takes for a verdict: 503',
    find: ({ checks }) =>
      checks
        .filter((scope) => shown(scope).some((path) => readAs(path) === 'unknown'))
        .map((scope) =>
          flaw(
            scope,
            scope.own('proxy_pass')[0] ?? null,
            'leads to no path of the authorizer',
            '`proxy_pass http://authz/api/v1/;`',
          ),
        ),
  },
  {
    name: 'gateway_path',
    severity: 'breaks',
    flaw: `\`proxy_pass\` of \`${GATEWAY}\` does not lead to \`/api/v1/\` of Aviso`,
    consequence: 'Aviso is asked for something that was not checked, or that it has not',
    find: ({ gateways }) =>
      gateways
        .filter((scope) => String(shown(scope)) !== String(GATED_PATHS))
        .map((scope) =>
          flaw(
            scope,
            scope.own('proxy_pass')[0] ?? null,
            'leads to other paths than those that were checked',
            '`proxy_pass http://aviso/api/v1/;`',
          ),
        ),
  },
  {
    name: 'aviso_as_authorizer',
    severity: 'breaks',
    flaw: `\`${CHECK}\` leads to Aviso`,
    consequence: 'Aviso says no `x-aviso-decision`, so there is never a verdict: 503',
    find: ({ checks, gateways }) => {
      const aviso = new Set(gateways.flatMap((scope) => targetOf(scope)?.addresses ?? []));
      return checks.flatMap((scope) => {
        const target = targetOf(scope);
        return target?.addresses.some((address) => aviso.has(address))
          ? [flaw(scope, target.directive, 'leads to Aviso', 'the address of the authorizer')]
          : [];
      });
    },
  },
  {
    name: 'script',
    severity: 'advice',
    flaw: 'the JavaScript file is not the `authz.js` of this version, or cannot be read',
    consequence: 'nobody has looked whether it lets through nothing but a 200 with `x-aviso-decision: allow`',
    find: ({ root, guarded, scripts }) =>
      guarded.length === 0
        ? []
        : root.all.flatMap((scope) =>
            scope.own('js_import').flatMap((directive) => {
              const state = scripts.get(directive.args.at(-1) ?? '') ?? null;
              const problem = state === null ? 'cannot be read' : 'is not the shipped file';
              return state === 'shipped'
                ? []
                : [flaw(scope, directive, problem, 'deploy/nginx/authz.js of this version, as it is')];
            }),
          ),
  },
];

/** The paths that a location makes of the two that authz.js asks it for. */
function shown(scope: Scope): string[] {
  const target = targetOf(scope);
  const { pattern } = matcherOf(scope);
  const prefix = pattern.startsWith(CHECK.slice(0, -1)) ? CHECK : GATEWAY;
  return GATED_PATHS.map((path) => {
    const asked = prefix + path.slice('/api/v1/'.length);
    return target?.path == null ? asked : target.path + asked.slice(pattern.length);
  });
}

function without(servers: readonly Scope[], locations: readonly Scope[], path: string) {
  return servers
    .filter(
      (server) =>
        !unique(GATED_PATHS.map((gated) => locationOf(server, path + gated.slice(8)))).some(
          (location) => locations.includes(location) && targetOf(location) !== null,
        ),
    )
    .map((server) =>
      flaw(server, null, `has no \`${path}\` with a \`proxy_pass\``, `\`location ${path}\` as shipped`),
    );
}
