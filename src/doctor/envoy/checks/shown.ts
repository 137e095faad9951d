import type { Flaw } from '../../finding.js';
import { authzOf, type EnvoyGateway, gatedRoutes, speaks } from '../gateway.js';
import type { Part } from '../part.js';
import { listMatches } from '../string-match.js';
import { type EnvoyCheck, flaw, unless, unlessOn } from './check.js';

/** What the authorizer sees of a client's headers. */
export const SHOWN: readonly EnvoyCheck[] = [
  {
    name: 'authorization_shown',
    severity: 'breaks',
    flaw: '`authorization` is not among the headers that the authorizer is shown (over gRPC it must be listed in `allowed_headers`)',
    consequence: 'everybody is anonymous: 401',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part, manager }) => {
        const hidden = listMatches(part.at('disallowed_headers'), 'authorization');
        const unlisted = speaks(gateway, manager, 'grpc') && !isShown(part, 'authorization');
        return unless(
          !hidden && !unlisted,
          part.at(hidden ? 'disallowed_headers' : 'allowed_headers'),
          'keeps `authorization` from the authorizer',
          '`exact: authorization` in `allowed_headers`',
        );
      }),
  },
  {
    name: 'content_encoding',
    severity: 'opens',
    flaw: '`content-encoding` is neither shown to the authorizer nor removed on the gated routes',
    consequence: 'Aviso decompresses a body that the authorizer has read as it came',
    find: (gateway) => encodingFlaws(gateway, (shown, removed) => !shown && !removed),
  },
  {
    name: 'content_encoding_locks',
    severity: 'advice',
    flaw: '`content-encoding` is not shown to the authorizer, or not removed on the gated routes',
    consequence:
      'one of two locks is missing: the authorizer refuses compressed bodies with 415, and Aviso never decompresses one',
    find: (gateway) => encodingFlaws(gateway, (shown, removed) => shown !== removed),
  },
  {
    name: 'encode_raw_headers',
    severity: 'opens',
    flaw: '`encode_raw_headers` is not `true`',
    consequence:
      'Envoy writes `!` for bytes that are no UTF-8: the authorizer may judge another `Authorization` than Aviso gets',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part }) =>
        unlessOn(part.at('encode_raw_headers'), '`encode_raw_headers: true`'),
      ),
  },
  {
    name: 'request_id_shown',
    severity: 'advice',
    flaw: '`x-request-id` is not in `allowed_headers`',
    consequence: 'the logs of Envoy and the authorizer do not speak of one request by one name',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part, manager }) => {
        const shown = isShown(part, 'x-request-id', speaks(gateway, manager, 'grpc'));
        return unless(shown, part.at('allowed_headers'), 'has no `x-request-id`', '`exact: x-request-id`');
      }),
  },
];

/** Whether the authorizer is shown a header. */
function isShown(settings: Part, name: string, allUnlessListed = true): boolean {
  const list = settings.at('allowed_headers');
  const legacy = settings.at('http_service', 'authorization_request', 'allowed_headers');
  if (listMatches(settings.at('disallowed_headers'), name)) return false;
  if (!list.isThere && !legacy.isThere) return allUnlessListed && !settings.at('http_service').isThere;
  return listMatches(list, name) || listMatches(legacy, name);
}

function encodingFlaws(gateway: EnvoyGateway, isFlaw: (shown: boolean, removed: boolean) => boolean): Flaw[] {
  return authzOf(gateway).flatMap(({ part, manager }) => {
    const shown = isShown(part, 'content-encoding');
    const cure = shown
      ? '`request_headers_to_remove: [content-encoding]`'
      : '`exact: content-encoding` in `allowed_headers`';
    return gatedRoutes(gateway)
      .filter((route) => route.manager === manager)
      .flatMap((route) => {
        const removed = route.levels.some((level) =>
          level
            .at('request_headers_to_remove')
            .items.some(({ text }) => text?.toLowerCase() === 'content-encoding'),
        );
        if (!isFlaw(shown, removed)) return [];
        return [
          shown
            ? flaw(route.part, 'keeps `content-encoding`', cure)
            : flaw(part.at('allowed_headers'), 'has no `content-encoding`', cure),
        ];
      });
  });
}
