import { Type } from '@sinclair/typebox';
import { ageSeconds, flag, notes, realmRoles, timeoutSeconds } from './fields.js';

/** Aviso's `auth` block (contract section 5). */
export const AUTH = Type.Object(
  {
    enabled: flag('Whether tokens are looked at. With `false` every request counts as anonymous.', false),
    mode: Type.Union([Type.Literal('direct'), Type.Literal('trusted_proxy')], {
      ...notes({
        description:
          'Who turns credentials into a token: `direct` asks auth-o-tron, `trusted_proxy` takes the bearer token as it comes.',
        must: '`direct` or `trusted_proxy`',
      }),
      default: 'direct',
    }),
    auth_o_tron_url: Type.String({
      ...notes({
        description: 'Base URL of auth-o-tron; needed with `mode: direct`.',
        must: 'an `http` or `https` URL without credentials, query or fragment',
      }),
      default: '',
    }),
    jwt_secret: Type.String({
      ...notes({
        description: 'The key that tokens are signed with (HS256), shared with auth-o-tron and Aviso.',
        must: 'a text without blanks around it, when `auth.enabled` is `true`; 32 bytes or more are advised. Better from the file that AVISO_AUTHZ_JWT_SECRET_FILE names',
        secret: true,
      }),
      default: '',
    }),
    admin_roles: realmRoles({
      description: 'Realm to roles: who passes `read_roles` and needs no destination.',
      must: 'at least one realm with at least one role, when `auth.enabled` is `true`',
      default: {},
    }),
    timeout_ms: Type.Integer({
      ...notes({
        description: 'How long auth-o-tron may take, in milliseconds.',
        must: 'a whole number of milliseconds, 1 to 86400000',
      }),
      default: 5000,
      minimum: 1,
      maximum: 86_400_000,
    }),
  },
  { description: 'Who a user is. The same block that Aviso reads.', default: {} },
);

/** Aviso's `ecpds` block (contract section 5, first table). */
export const ECPDS = Type.Object(
  {
    username: Type.String(
      notes({
        description: 'The account that asks ECPDS (HTTP Basic).',
        must: 'a text, not blank, without blanks around it',
      }),
    ),
    password: Type.String(
      notes({
        description: 'Its password.',
        must: 'a text, not blank, without blanks around it. Better from the file that AVISO_AUTHZ_ECPDS_PASSWORD_FILE names',
        secret: true,
      }),
    ),
    servers: Type.Array(
      Type.String(
        notes({
          description: 'Base URL of one ECPDS server; a path prefix is kept.',
          must: 'an `https` URL (`http` for 127.0.0.1, [::1] and localhost only) without credentials, query or fragment',
        }),
      ),
      notes({
        description: 'Every server is asked, in parallel, for every list.',
        must: 'a list with at least one `https` URL (`http` for 127.0.0.1, [::1] and localhost only) without credentials, query or fragment',
      }),
    ),
    match_key: Type.String(
      notes({
        description: 'The identifier field that names the destination.',
        must: 'one bare name without blanks, `/` or NUL, which each gated schema has in `identifier` with `required: true`',
      }),
    ),
    target_field: Type.String({
      ...notes({
        description: 'The field of an ECPDS record that holds the name of the destination.',
        must: 'a text, not blank, without blanks around it',
      }),
      default: 'name',
    }),
    cache_ttl_seconds: ageSeconds('How long the list of a user is kept, in seconds.', 300),
    max_entries: Type.Integer({
      ...notes({
        description: 'How many users are kept at most; the least recently used goes first.',
        must: 'a whole number, 1 to 10000000 (the room is taken at start-up)',
      }),
      default: 10_000,
      minimum: 1,
      maximum: 10_000_000,
    }),
    request_timeout_seconds: timeoutSeconds(
      'How long one call may take, in seconds: from its start, DNS included, to the last byte of the body.',
      30,
    ),
    connect_timeout_seconds: timeoutSeconds('How long DNS, TCP and TLS may take of that, in seconds.', 5),
    partial_outage_policy: Type.Union([Type.Literal('strict'), Type.Literal('any_success')], {
      ...notes({
        description:
          '`strict`: one failing server and there is no verdict (503). `any_success`: one usable answer is enough.',
        must: '`strict` or `any_success`',
      }),
      default: 'strict',
    }),
  },
  {
    description: 'Which ECPDS servers to ask and how. May be left out while no schema is gated.',
  },
);
