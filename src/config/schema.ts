import { type Static, Type } from '@sinclair/typebox';
import type { RealmRoles } from '../domain/identity.js';
import type { MatchRule } from '../domain/match-rule.js';
import { notes } from './fields.js';
import { AUTH, ECPDS } from './schema-aviso.js';
import { SIDECAR } from './schema-sidecar.js';
import { STREAM } from './schema-streams.js';

/** Everything that is read, as it is written: the one source of types, validation and documentation. */
export const DOCUMENT = Type.Object(
  {
    auth: AUTH,
    ecpds: Type.Optional(ECPDS),
    notification_schema: Type.Record(Type.String(), STREAM, {
      description: 'Event type to its schema. The same block that Aviso reads.',
      default: {},
    }),
    notification_schema_strict: Type.Optional(
      Type.Boolean(
        notes({
          description:
            'Whether an event type without a schema is refused. Left out: `true` when there is any schema.',
          must: '`true` or `false`',
        }),
      ),
    ),
    sidecar: SIDECAR,
  },
  { open: true },
);
/** A whole document: defaults filled in, nothing of the wrong type. */
export type Document = Static<typeof DOCUMENT>;

/** `auth`, with the realms of `admin_roles` as a `Map`, so that no realm's name can be mistaken for a member. */
export type AuthConfig = Readonly<Omit<Static<typeof AUTH>, 'admin_roles'>> & {
  readonly admin_roles: RealmRoles;
};

/** `ecpds`, with the servers parsed. A server's trailing slash, if any, is still there. */
export type EcpdsConfig = Readonly<Omit<Static<typeof ECPDS>, 'servers'>> & {
  readonly servers: readonly URL[];
};

/** What stands between a client and one event type. */
export interface StreamSchema {
  /** A user must be known. */
  readonly required: boolean;
  /** Who may read, or null when every user may. */
  readonly read_roles: RealmRoles | null;
  /** Destinations are checked. */
  readonly gated: boolean;
  /** The rule of `ecpds.match_key` in this schema: set exactly when `gated`. */
  readonly match_rule: MatchRule | null;
}

/** Where to listen: a TCP address or a Unix socket. */
export type Listener = { readonly host: string; readonly port: number } | { readonly socket: string };

/** `sidecar`, with the listeners' defaults filled in. `grpc` is null when it is switched off. */
export type SidecarConfig = Readonly<Omit<Static<typeof SIDECAR>, 'http' | 'grpc' | 'admin'>> & {
  readonly http: Listener;
  readonly grpc: Listener | null;
  readonly admin: Listener;
};

/** The whole configuration: defaulted, validated, with the names of the YAML. */
export interface Config {
  readonly auth: AuthConfig;
  /** Null only while nothing is gated. */
  readonly ecpds: EcpdsConfig | null;
  readonly notification_schema: ReadonlyMap<string, StreamSchema>;
  /** The effective value: as written, else true when there is any schema. */
  readonly notification_schema_strict: boolean;
  readonly sidecar: SidecarConfig;
}
