import type { RealmRoles } from '../domain/identity.js';
import { matchRule } from './gate-rules.js';
import type { Config, Document, EcpdsConfig, SidecarConfig, StreamSchema } from './schema.js';
import { listenerOf } from './sidecar-rules.js';
import { isGated } from './stream-rules.js';

/** The configuration of a document in which nothing is wrong. */
export function build(document: Document): Config {
  const ecpds = document.ecpds === undefined ? null : buildEcpds(document.ecpds);
  const streams = Object.entries(document.notification_schema);
  return {
    auth: { ...document.auth, admin_roles: realmRoles(document.auth.admin_roles) },
    ecpds,
    notification_schema: new Map(
      streams.map(([name, stream]) => [name, buildStream(stream, ecpds?.match_key ?? null)]),
    ),
    notification_schema_strict: document.notification_schema_strict ?? streams.length > 0,
    sidecar: buildSidecar(document.sidecar),
  };
}

function buildEcpds(ecpds: NonNullable<Document['ecpds']>): EcpdsConfig {
  return { ...ecpds, servers: ecpds.servers.map((server) => new URL(server)) };
}

function buildStream(stream: Document['notification_schema'][string], matchKey: string | null): StreamSchema {
  const gated = isGated(stream);
  const rule = gated && matchKey !== null ? matchRule(stream.identifier[matchKey]) : null;
  if (gated && rule === null) throw new Error('a gated schema without a usable match key passed the rules');
  return {
    required: stream.auth?.required ?? false,
    read_roles: stream.auth?.read_roles === undefined ? null : realmRoles(stream.auth.read_roles),
    gated,
    match_rule: rule,
  };
}

function buildSidecar(sidecar: Document['sidecar']): SidecarConfig {
  return {
    ...sidecar,
    http: listenerOf('http', sidecar.http),
    grpc: sidecar.grpc === null ? null : listenerOf('grpc', sidecar.grpc),
    admin: listenerOf('admin', sidecar.admin),
    identity: { ...sidecar.identity },
    protections: { ...sidecar.protections },
  };
}

function realmRoles(realms: Readonly<Record<string, string[]>>): RealmRoles {
  return new Map(Object.entries(realms));
}
