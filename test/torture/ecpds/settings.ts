import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { Chance } from '../upstream/chance.js';
import { TARGET_FIELDS } from './bodies.js';

/** What one scenario is configured with. */
export interface Settings {
  readonly servers: readonly string[];
  readonly policy: 'strict' | 'any_success';
  readonly field: string;
  readonly ttlSeconds: number;
  readonly maxEntries: number;
  readonly protections: Protections;
}

export interface Protections {
  readonly refresh_ahead: { readonly after_ratio: number } | null;
  readonly circuit_breaker: { readonly failures: number; readonly open_seconds: number } | null;
  readonly ttl_jitter: number;
}

/** `request_timeout_seconds`, in milliseconds. */
export const CALL_MS = 30_000;

const SERVERS = [
  'https://ecpds-0.example.int',
  'https://ecpds-1.example.int/',
  'http://127.0.0.1:8080/a/pre%20fix/',
];

export function settingsFor(chance: Chance): Settings {
  const isProtected = chance.oneIn(2);
  return {
    servers: SERVERS.slice(0, chance.int(1, 3)),
    policy: chance.pick(['strict', 'any_success']),
    field: chance.pick(TARGET_FIELDS),
    ttlSeconds: chance.pick([20, 60, 300]),
    maxEntries: chance.oneIn(6) ? 2 : 500,
    protections: {
      refresh_ahead: isProtected && !chance.oneIn(3) ? { after_ratio: chance.pick([0.2, 0.8]) } : null,
      circuit_breaker:
        isProtected && !chance.oneIn(3)
          ? { failures: chance.int(1, 4), open_seconds: chance.pick([5, 45]) }
          : null,
      ttl_jitter: isProtected && !chance.oneIn(3) ? chance.pick([0.1, 0.5]) : 0,
    },
  };
}

/** As an operator would write it. */
export function documentOf({ servers, policy, field, ttlSeconds, maxEntries, protections }: Settings) {
  const identifier = { destination: { type: 'StringHandler', required: true } };
  const topic = { base: 'diss', key_order: ['destination'] };
  return {
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { ops: ['admin'] } },
    ecpds: {
      ...SERVICE,
      servers,
      match_key: 'destination',
      target_field: field,
      cache_ttl_seconds: ttlSeconds,
      max_entries: maxEntries,
      request_timeout_seconds: 30,
      partial_outage_policy: policy,
    },
    notification_schema: {
      dissemination: { topic, identifier, auth: { required: true, plugins: ['ecpds'] } },
      members: { topic, identifier, auth: { required: true } },
    },
    sidecar: { protections },
  };
}
