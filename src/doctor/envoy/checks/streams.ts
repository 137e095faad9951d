import { checkSeconds } from '../../budget.js';
import type { Flaw } from '../../finding.js';
import { HEARTBEAT_SECONDS, STREAM_LIFE_SECONDS } from '../../gated.js';
import { type EnvoyGateway, gatedRoutes, type Route } from '../gateway.js';
import type { Part } from '../part.js';
import { type EnvoyCheck, said, unless } from './check.js';

const BACKSTOP = '`max_stream_duration: { max_stream_duration: 3660s }`';

/** How long streams live. */
export const STREAMS: readonly EnvoyCheck[] = [
  {
    name: 'stream_life',
    severity: 'opens',
    flaw: 'neither `max_stream_duration` nor a `timeout` bounds the life of a gated stream',
    consequence:
      'no running stream is checked again: a user who lost access reads on for as long as it lives',
    find: (gateway) =>
      gatedRoutes(gateway).flatMap((route) => {
        const bound = lifeOf(route);
        const isBound = (bound.seconds ?? 0) > 0 || (routeTimeout(route) ?? 1) > 0;
        return unless(isBound, bound, said(bound), BACKSTOP);
      }),
  },
  {
    name: 'stream_life_range',
    severity: 'advice',
    flaw: `\`max_stream_duration\` is not a little more than Aviso’s own ${STREAM_LIFE_SECONDS} s`,
    consequence:
      'shorter: streams break where Aviso would end them with an event; much longer: a revoked user reads on for as long',
    find: (gateway) =>
      gatedRoutes(gateway).flatMap((route) => {
        const bound = lifeOf(route);
        const seconds = bound.seconds ?? 0;
        const isFine =
          seconds === 0 || (seconds >= STREAM_LIFE_SECONDS && seconds <= 2 * STREAM_LIFE_SECONDS);
        return unless(
          isFine,
          bound,
          said(bound),
          `${BACKSTOP}, or as it fits to \`connection_max_duration_sec\` of yours`,
        );
      }),
  },
  {
    name: 'route_timeout',
    severity: 'breaks',
    flaw: `the \`timeout\` of a gated route is not \`0s\` and shorter than ${STREAM_LIFE_SECONDS} s; without one it is 15 s`,
    consequence: 'Envoy cuts every stream after that time',
    find: (gateway) =>
      gatedRoutes(gateway).flatMap((route) => {
        const part = route.action.at('timeout');
        const seconds = routeTimeout(route) ?? 15;
        return unless(seconds === 0 || seconds >= STREAM_LIFE_SECONDS, part, said(part), '`timeout: 0s`');
      }),
  },
  {
    name: 'idle_timeout',
    severity: 'breaks',
    flaw: '`stream_idle_timeout`, or `idle_timeout` of a gated route, is not longer than Aviso’s heartbeat and than a check',
    consequence: 'Envoy cuts silent streams, or requests that wait for a slow check',
    find: (gateway) => idleFlaws(gateway),
  },
  {
    name: 'slow_requests',
    severity: 'advice',
    flaw: 'no `request_timeout` or `request_headers_timeout`',
    consequence: 'a stalled upload holds a connection and a buffer',
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) =>
        ['request_timeout', 'request_headers_timeout'].flatMap((name) => {
          const part = config.at(name);
          return unless((part.seconds ?? 0) > 0, part, said(part), `\`${name}: 10s\``);
        }),
      ),
  },
];

/** The nearest bound of a stream's life. One on the route counts even if it says for ever. */
function lifeOf({ action, manager }: Route): Part {
  const ofRoute = action.at('max_stream_duration', 'max_stream_duration');
  const ofManager = manager.config.at('common_http_protocol_options', 'max_stream_duration');
  return ofRoute.isThere || !ofManager.isThere ? ofRoute : ofManager;
}

const routeTimeout = ({ action }: Route): number | null => action.at('timeout').seconds;

function idleFlaws(gateway: EnvoyGateway): Flaw[] {
  const least = Math.max(HEARTBEAT_SECONDS, checkSeconds(gateway.budget));
  const parts = [
    ...gateway.guarded.map(({ config }) => config.at('stream_idle_timeout')),
    ...gatedRoutes(gateway).map(({ action }) => action.at('idle_timeout')),
  ];
  return parts
    .filter(({ isThere }) => isThere)
    .flatMap((part) => {
      const seconds = part.seconds ?? 0;
      const cure = `more than ${Math.ceil(least)}s: \`120s\` as shipped`;
      return unless(seconds === 0 || seconds > least, part, said(part), cure);
    });
}
