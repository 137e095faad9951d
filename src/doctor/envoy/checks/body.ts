import { BODY_BYTES } from '../../gated.js';
import { type AuthzSettings, authzOf, type EnvoyGateway, ownSettings, speaks } from '../gateway.js';
import type { Part } from '../part.js';
import { type EnvoyCheck, said, unless, unlessOff } from './check.js';

/** Whether the authorizer sees the body that Aviso will read. */
export const BODY: readonly EnvoyCheck[] = [
  {
    name: 'with_request_body',
    severity: 'breaks',
    flaw: 'no `with_request_body`, or a gated route with `disable_request_body_buffering`',
    consequence: 'the destination is in the body: every watch and replay is refused with 400',
    find: (gateway) => [
      ...authzOf(gateway).flatMap(({ part }) => {
        const body = part.at('with_request_body');
        return unless(
          body.isThere,
          body,
          'is not set',
          `\`with_request_body: { max_request_bytes: ${BODY_BYTES}, allow_partial_message: false, pack_as_bytes: true }\``,
        );
      }),
      ...ownSettings(gateway).flatMap(({ part }) =>
        unlessOff(part.at('disable_request_body_buffering'), 'a route without it'),
      ),
    ],
  },
  {
    name: 'max_request_bytes',
    severity: 'breaks',
    flaw: `\`max_request_bytes\` below ${BODY_BYTES}`,
    consequence: 'bodies that Aviso would take are refused with 413',
    find: (gateway) =>
      bodies(gateway).flatMap(({ body }) => {
        const limit = body.at('max_request_bytes');
        return unless(
          (limit.number ?? 0) >= BODY_BYTES,
          limit,
          said(limit),
          `\`max_request_bytes: ${BODY_BYTES}\``,
        );
      }),
  },
  {
    name: 'max_request_bytes_large',
    severity: 'advice',
    flaw: `\`max_request_bytes\` above ${BODY_BYTES}`,
    consequence: 'memory is held for bodies that the authorizer then refuses with 413',
    find: (gateway) =>
      bodies(gateway).flatMap(({ body }) => {
        const limit = body.at('max_request_bytes');
        return unless(
          (limit.number ?? 0) <= BODY_BYTES,
          limit,
          said(limit),
          `\`max_request_bytes: ${BODY_BYTES}\``,
        );
      }),
  },
  {
    name: 'allow_partial_message',
    severity: 'opens',
    flaw: '`allow_partial_message: true`',
    consequence:
      'the check is asked about the beginning of a body of which Aviso reads all; nothing but the authorizer’s own refusal of cut bodies (413) is left',
    find: (gateway) =>
      bodies(gateway).flatMap(({ body }) =>
        unlessOff(body.at('allow_partial_message'), '`allow_partial_message: false`'),
      ),
  },
  {
    name: 'pack_as_bytes',
    severity: 'breaks',
    flaw: '`pack_as_bytes` is not `true` (gRPC)',
    consequence: 'Envoy changes bytes that are no UTF-8; the authorizer refuses such a check: 500',
    find: (gateway) =>
      bodies(gateway).flatMap(({ body, settings }) => {
        const packed = body.at('pack_as_bytes');
        const isFine = packed.flag || !speaks(gateway, settings.manager, 'grpc');
        return unless(isFine, packed, said(packed), '`pack_as_bytes: true`');
      }),
  },
];

/** Every `with_request_body` that is there. */
function bodies(gateway: EnvoyGateway): { readonly body: Part; readonly settings: AuthzSettings }[] {
  return [...authzOf(gateway), ...ownSettings(gateway)]
    .map((settings) => ({ settings, body: settings.part.at('with_request_body') }))
    .filter(({ body }) => body.isThere);
}
