import { stringify } from 'yaml';
import { loadConfig } from '../../../../src/config/load.js';
import type { Settings } from '../../../../src/engine.js';
import type { EventTypeTruth } from '../../reference/world.js';
import { ADMIN_ROLES, EVENT_TYPES, MATCH_KEYS, type WorldName } from './truth.js';

/** Secrets of the service account and of the gateway, made for one run. */
export interface WorldSecrets {
  readonly jwtSecret: string;
  readonly servicePassword: string;
}

export interface Configured {
  readonly world: WorldName;
  readonly secrets: WorldSecrets;
  /** The two ECPDS servers. */
  readonly servers: readonly string[];
  readonly serviceUser: string;
  /** `sidecar.identity.providers`. */
  readonly providers?: readonly Readonly<Record<string, unknown>>[];
}

/** What an operator would write for a world; every listener on a port of its own. */
export async function settingsFor(configured: Configured): Promise<Settings> {
  const text = stringify(documentOf(configured));
  const loaded = await loadConfig({ files: ['fuzzed.yaml'], env: {}, readFile: () => text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}

function documentOf({ world, secrets, servers, serviceUser, providers = [] }: Configured) {
  const matchKey = MATCH_KEYS[world];
  return {
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: secrets.jwtSecret, admin_roles: ADMIN_ROLES },
    ecpds: {
      username: serviceUser,
      password: secrets.servicePassword,
      servers,
      match_key: matchKey,
      request_timeout_seconds: 20,
    },
    notification_schema: Object.fromEntries(
      [...EVENT_TYPES].map(([name, truth]) => [name, schemaOf(truth, matchKey)]),
    ),
    notification_schema_strict: world === 'strict',
    sidecar: {
      http: { port: 0 },
      grpc: { port: 0 },
      admin: { port: 0 },
      drain_seconds: 0,
      identity: { providers },
    },
  };
}

function schemaOf({ required, readRoles, rule }: EventTypeTruth, matchKey: string) {
  const plain = { type: 'StringHandler', required: false };
  if (!required) return { identifier: { other: plain } };
  const roles = readRoles === null ? {} : { read_roles: readRoles };
  if (rule === null) return { identifier: { other: plain }, auth: { required, ...roles } };
  return {
    identifier: { [matchKey]: { ...withNumbers(rule), required: true }, other: plain },
    topic: { base: 'fuzzed', key_order: [matchKey] },
    auth: { required, ...roles, plugins: ['ecpds'] },
  };
}

/** YAML as people write it, with numbers. */
const withNumbers = (rule: NonNullable<EventTypeTruth['rule']>) =>
  rule.type === 'IntHandler' && rule.range !== undefined ? { ...rule, range: rule.range.map(Number) } : rule;
