import { Type } from '@sinclair/typebox';
import { flag, notes, orNull, timeoutSeconds } from './fields.js';
import { IDENTITY } from './schema-identity.js';
import { PROTECTIONS } from './schema-protections.js';
import { TRACING_OR_NULL } from './schema-tracing.js';

const listener = (description: string, port: number) =>
  Type.Object(
    {
      host: Type.Optional(
        Type.String({
          ...notes({
            description: 'Address to listen on.',
            must: 'a host name or an address such as `127.0.0.1` or `::1`, without brackets or port',
          }),
          fallback: '127.0.0.1',
        }),
      ),
      port: Type.Optional(
        Type.Integer({
          ...notes({
            description: 'Port to listen on; 0 lets the system choose one.',
            must: 'a whole number, 0 to 65535',
          }),
          fallback: port,
          minimum: 0,
          maximum: 65_535,
        }),
      ),
      socket: Type.Optional(
        Type.String(
          notes({
            description: 'Unix socket to listen on, in place of `host` and `port`.',
            must: 'a path of at most 107 bytes; `host` and `port` left out or `null`',
          }),
        ),
      ),
    },
    { description, default: {} },
  );

/** Our own block; Aviso ignores it (contract section 5). */
export const SIDECAR = Type.Object(
  {
    http: listener('`ext_authz` over HTTP, nginx and direct callers.', 9002),
    grpc: orNull(listener('`ext_authz` and health checks over gRPC.', 9003), {
      description: '`null` switches gRPC off.',
      must: 'a map with `host` and `port`, or with `socket`; or `null`',
    }),
    admin: listener(
      '`/metrics`, `/status`, `/status.json`, `/healthz`, `/readyz`, `/recheck`, `/explain`: never on the listeners above.',
      9464,
    ),
    log_level: Type.Union(
      [Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')],
      {
        ...notes({
          description: 'The least severe level that is logged.',
          must: '`debug`, `info`, `warn` or `error`',
        }),
        default: 'info',
      },
    ),
    log_format: Type.Union([Type.Literal('json'), Type.Literal('logfmt')], {
      ...notes({ description: 'How a log line is written.', must: '`json` or `logfmt`' }),
      default: 'json',
    }),
    drain_seconds: timeoutSeconds('How long the listeners keep answering after SIGTERM, in seconds.', 5, 0),
    ca_file: Type.Union([Type.String(), Type.Null()], {
      ...notes({
        description:
          'Further trust anchors for ECPDS, auth-o-tron, key providers and the receiver of traces.',
        must: 'the path of a PEM file with certificates, or `null`',
      }),
      default: null,
    }),
    allow_unrouted_match_key: flag(
      "Take a gated schema whose `topic.key_order` lacks the match key, although Aviso then sends a user every destination's notifications.",
      false,
    ),
    identity: IDENTITY,
    protections: PROTECTIONS,
    tracing: TRACING_OR_NULL,
    recheck_token: Type.Union([Type.String(), Type.Null()], {
      ...notes({
        description:
          'Who shows it as a Bearer token may `POST /recheck` and `POST /explain` on the admin listener when that is neither on loopback nor on a socket.',
        must: '16 or more of the characters of a Bearer token (RFC 6750), or `null`',
        secret: true,
      }),
      default: null,
    }),
  },
  { description: 'Our own block: Aviso ignores it.', default: {} },
);
