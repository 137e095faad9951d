import type { KeyObject } from 'node:crypto';
import type { Rule } from './canonical.js';

/** Realm to the roles that count there; `*` is any role. */
export type Roles = Readonly<Record<string, readonly string[]>>;

/** What stands before one event type. */
export interface EventTypeTruth {
  readonly required: boolean;
  readonly readRoles: Roles | null;
  /** The rule of the match key; null when destinations are not looked at. */
  readonly rule: Rule | null;
}

/** The truth about the world that a sidecar runs in, as the reference knows it. */
export interface Truth {
  /** The wall clock, in seconds since the epoch. */
  readonly now: number;
  readonly jwtSecret: string;
  readonly isStrict: boolean;
  readonly matchKey: string;
  readonly eventTypes: ReadonlyMap<string, EventTypeTruth>;
  readonly adminRoles: Roles;
  /** Who may read what; `no answer`: ECPDS fails for this user. Whoever is not in it may read nothing. */
  readonly lists: ReadonlyMap<string, ReadonlySet<string> | 'no answer'>;
  readonly providers: readonly ProviderTruth[];
}

/** An identity provider as it is configured (contract section 7). */
export interface ProviderTruth {
  readonly issuer: string;
  readonly audience: string | null;
  readonly realm: string;
  readonly algorithms: readonly string[];
  /** Its users are those of ECPDS. */
  readonly ecpdsUsers: boolean;
  readonly keys: readonly ProviderKey[];
}

export interface ProviderKey {
  readonly kid: string;
  /** The one algorithm of `ProviderTruth.algorithms` that this key fits. */
  readonly algorithm: string;
  readonly publicKey: KeyObject;
}
