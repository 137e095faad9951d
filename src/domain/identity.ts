import type { Username } from './names.js';

/**
 * Who is asking, once a token has been verified.
 *
 * `issuer` is null for tokens signed with `auth.jwt_secret` (Aviso's own namespace) and the provider's
 * issuer otherwise, so that equal usernames of two namespaces never meet.
 */
export interface Identity {
  readonly username: Username;
  readonly realm: string | null;
  readonly issuer: string | null;
  readonly roles: readonly string[];
}

/** `auth.admin_roles` and a stream's `auth.read_roles`: realm to the roles allowed in it; `*` is any role. */
export type RealmRoles = ReadonlyMap<string, readonly string[]>;

/** The injective encoding of an identity's namespace and name under which a destination list is cached. */
export function identityKey(identity: Identity): string {
  const known = KEYS.get(identity);
  if (known !== undefined) return known;
  const key = namespacedKey(identity);
  KEYS.set(identity, key);
  return key;
}

/** `identityKey` of whoever has this name there; remembers nothing. */
export function namespacedKey({ issuer, realm, username }: Omit<Identity, 'roles'>): string {
  return JSON.stringify([issuer, realm, username]);
}

/** How the keys of all who have this name end, whatever their realm and issuer, and no other's. */
export const namesakeEnding = (username: Username): string => `,${JSON.stringify(username)}]`;

/** An identity is remembered with its token, and asked for its key at each request. */
const KEYS = new WeakMap<Identity, string>();
