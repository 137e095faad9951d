import type { Identity, RealmRoles } from '../domain/identity.js';

/** True when the identity's realm is named and it holds one of that realm's roles, or the list contains `*`. */
export function holdsRole(identity: Identity, allowed: RealmRoles): boolean {
  if (identity.realm === null) return false;
  const roles = allowed.get(identity.realm);
  if (roles === undefined) return false;
  return roles.includes('*') || identity.roles.some((role) => roles.includes(role));
}
