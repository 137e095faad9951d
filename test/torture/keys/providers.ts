import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { Chance } from '../upstream/chance.js';

/** A provider as it is configured. */
export interface Provider {
  readonly name: string;
  readonly issuer: string;
  /** Null: by discovery. */
  readonly jwksUri: string | null;
  readonly algorithms: readonly string[];
}

/** In seconds; small, so that a scenario sees keys grow old. */
export const TIMES = { refresh_seconds: 60, cooldown_seconds: 5, max_stale_seconds: 200 };

const ALGORITHMS = ['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];

export function providersFor(chance: Chance): readonly Provider[] {
  const algorithms = () => (chance.oneIn(3) ? ['RS256'] : ['RS256', ...chance.some(ALGORITHMS.slice(1), 3)]);
  return [
    {
      name: 'gitlab',
      issuer: 'https://gitlab.example',
      jwksUri: 'https://gitlab.example/keys',
      algorithms: algorithms(),
    },
    { name: 'idp', issuer: 'https://idp.example/realms/a', jwksUri: null, algorithms: algorithms() },
  ];
}

export function documentOf(providers: readonly Provider[]) {
  const identifier = { destination: { type: 'StringHandler', required: true } };
  return {
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { ops: ['admin'] } },
    ecpds: { ...SERVICE, servers: ['https://ecpds.example.int'], match_key: 'destination' },
    notification_schema: {
      dissemination: {
        identifier,
        topic: { key_order: ['destination'] },
        auth: { required: true, plugins: ['ecpds'] },
      },
    },
    sidecar: {
      identity: {
        ...TIMES,
        providers: providers.map(({ name, issuer, jwksUri, algorithms }) => ({
          name,
          issuer,
          ...(jwksUri === null ? { discovery: true } : { jwks_uri: jwksUri }),
          algorithms,
          audience: 'aviso',
          realm: name,
          username_claim: 'username',
          ecpds_users: true,
        })),
      },
    },
  };
}
