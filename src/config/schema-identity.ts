import { Type } from '@sinclair/typebox';
import { SIGNATURE_ALGORITHMS } from '../domain/signature-algorithm.js';
import { ageSeconds, flag, notes } from './fields.js';

const ALGORITHMS = SIGNATURE_ALGORITHMS.map((algorithm) => Type.Literal(algorithm));
const ALGORITHM_NAMES = SIGNATURE_ALGORITHMS.map((name) => `\`${name}\``).join(', ');
const CLAIM = 'the name of a claim, without blanks around it';

/** One provider of signing keys (contract section 7). */
export const PROVIDER = Type.Object({
  name: Type.String(
    notes({
      description: 'What it is called in events and series (`oidc_provider`).',
      must: '1 to 64 letters, digits, `.`, `_` or `-`; no two alike',
    }),
  ),
  issuer: Type.String(
    notes({
      description: 'What the `iss` of its tokens is, to the letter.',
      must: 'a text without blanks; with `discovery` an `https` URL (`http` for 127.0.0.1, [::1] and localhost only) without query or fragment; no two alike',
    }),
  ),
  jwks_uri: Type.Optional(
    Type.String(
      notes({
        description: 'Where its keys are.',
        must: 'an `https` URL (`http` for 127.0.0.1, [::1] and localhost only) without credentials or fragment; this or `discovery: true`',
      }),
    ),
  ),
  discovery: flag(
    "Ask the issuer's `/.well-known/openid-configuration` where its keys are, in place of `jwks_uri`.",
    false,
  ),
  audience: Type.Optional(
    Type.String(
      notes({
        description:
          'What the `aud` of its tokens must hold. Left out: tokens that it made for any other service are taken, too.',
        must: 'a text without blanks around it',
      }),
    ),
  ),
  algorithms: Type.Array(
    Type.Union(
      ALGORITHMS,
      notes({ description: 'A signature algorithm.', must: `one of ${ALGORITHM_NAMES}` }),
    ),
    {
      ...notes({
        description: 'How its tokens may be signed, whatever they say.',
        must: `at least one of ${ALGORITHM_NAMES}`,
      }),
      default: ['RS256'],
    },
  ),
  realm: Type.Optional(
    Type.String(
      notes({
        description:
          'The realm of its users, for roles. Not one of auth-o-tron, unless its users hold the same roles there.',
        must: 'a text without blanks around it, this or `realm_claim`; no two providers alike',
      }),
    ),
  ),
  realm_claim: Type.Optional(
    Type.String(
      notes({
        description:
          'The claim that names the realm of a user, never one that is the `realm` of another provider.',
        must: `${CLAIM}; this or \`realm\`; for one provider only`,
      }),
    ),
  ),
  username_claim: Type.String({
    ...notes({ description: 'The claim that names the user.', must: CLAIM }),
    default: 'sub',
  }),
  roles_claim: Type.Optional(
    Type.String(
      notes({
        description: "The claim that lists the user's roles. Left out: its users have none.",
        must: CLAIM,
      }),
    ),
  ),
  required: flag('Whether the process becomes ready only once its keys were had.', true),
  ecpds_users: flag(
    'Whether its usernames are those of ECPDS. With `false` its users are refused (403) where destinations are checked, admins aside.',
    false,
  ),
});

export const IDENTITY = Type.Object(
  {
    refresh_seconds: ageSeconds('How often signing keys are fetched again, in seconds.', 3600),
    cooldown_seconds: ageSeconds(
      'Shortest time between two attempts that unknown keys ask for, and longest until the next after a failed one, in seconds.',
      30,
    ),
    max_stale_seconds: ageSeconds('How long keys outlive their last successful fetch, in seconds.', 86_400),
    providers: Type.Array(PROVIDER, {
      ...notes({ description: 'Providers of signing keys.', must: 'a list of providers' }),
      default: [],
    }),
  },
  { description: 'Signing keys from other identity providers.', default: {} },
);
