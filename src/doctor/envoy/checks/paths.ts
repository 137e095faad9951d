import { uncheckedBy } from '../gateway.js';
import { reachOf } from '../matching.js';
import { type EnvoyCheck, flaw, said, unless, unlessOn } from './check.js';

const SPELLINGS =
  'a path is spelled for Aviso (`/api/v1/%77atch`, `/api/v1/notification/../watch`) so that it misses the gated route and meets another';

/** Whether Envoy and Aviso read one path in one way. */
export const PATHS: readonly EnvoyCheck[] = [
  {
    name: 'normalize_path',
    severity: 'opens',
    flaw: '`normalize_path` is not `true`',
    consequence: SPELLINGS,
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) => unlessOn(config.at('normalize_path'), '`normalize_path: true`')),
  },
  {
    name: 'merge_slashes',
    severity: 'opens',
    flaw: '`merge_slashes` is not `true`',
    consequence: 'the routes and what stands behind them may read `/api/v1//watch` in two ways',
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) => unlessOn(config.at('merge_slashes'), '`merge_slashes: true`')),
  },
  {
    name: 'escaped_slashes',
    severity: 'opens',
    flaw: '`path_with_escaped_slashes_action` leaves `%2F` and `%5C` as they are',
    consequence: 'the routes and what stands behind them may read `/api/v1/x%2F..%2Fwatch` in two ways',
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) => {
        const part = config.at('path_with_escaped_slashes_action');
        const fine = part.isOneOf('REJECT_REQUEST', 2, 'UNESCAPE_AND_REDIRECT', 3, 'UNESCAPE_AND_FORWARD', 4);
        return unless(fine, part, said(part), '`path_with_escaped_slashes_action: REJECT_REQUEST`');
      }),
  },
  {
    name: 'unchecked_catch_all',
    severity: 'advice',
    flaw: 'a route without a check takes paths to Aviso that nobody has listed',
    consequence: 'a new route of Aviso’s is open as soon as it exists',
    find: ({ guarded, routes }) =>
      routes
        .filter((route) => guarded.includes(route.manager) && uncheckedBy(route) !== null)
        .filter(({ match }) => reachOf(match, '/api/v1/a-new-route') !== 'never')
        .map(({ match }) =>
          flaw(match, 'matches any path', 'each route of Aviso’s by its path, and 404 for the rest'),
        ),
  },
];
