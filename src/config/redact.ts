import type { RealmRoles } from '../domain/identity.js';
import type { Config, EcpdsConfig, StreamSchema } from './schema.js';

/** Stands for a secret that is set. */
const REDACTED = '[redacted]';

/** The configuration as it may be logged and shown: no secret, and nothing that JSON cannot hold. */
export function redactedSummary(config: Config): Record<string, unknown> {
  return {
    auth: {
      ...config.auth,
      auth_o_tron_url: bareUrl(config.auth.auth_o_tron_url),
      jwt_secret: config.auth.jwt_secret === '' ? '' : REDACTED,
      admin_roles: realms(config.auth.admin_roles),
    },
    ecpds: config.ecpds === null ? null : redactedEcpds(config.ecpds),
    notification_schema: Object.fromEntries(
      [...config.notification_schema].map(([name, stream]) => [name, streamSummary(stream)]),
    ),
    notification_schema_strict: config.notification_schema_strict,
    sidecar: {
      ...config.sidecar,
      recheck_token: config.sidecar.recheck_token === null ? null : REDACTED,
    },
  };
}

function redactedEcpds(ecpds: EcpdsConfig): Record<string, unknown> {
  return { ...ecpds, password: REDACTED, servers: ecpds.servers.map((server) => bareUrl(server.href)) };
}

function streamSummary(stream: StreamSchema): Record<string, unknown> {
  const rule = stream.match_rule;
  return {
    required: stream.required,
    read_roles: stream.read_roles === null ? null : realms(stream.read_roles),
    gated: stream.gated,
    match_rule: rule?.type === 'IntHandler' ? { ...rule, range: rule.range?.map(String) ?? null } : rule,
  };
}

function realms(roles: RealmRoles): Record<string, readonly string[]> {
  return Object.fromEntries(roles);
}

/** Scheme, host and path only. A URL that nobody has checked, because `auth` is off, may hold credentials. */
function bareUrl(text: string): string {
  if (text === '') return '';
  if (!URL.canParse(text)) return '[not a URL]';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
