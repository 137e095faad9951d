import type { Identity } from '../../domain/identity.js';
import { asUsername } from '../../domain/names.js';
import { JsonObject, type JsonValue } from '../../json/strict-json.js';
import { isOptionalUint64, plainUint64, stringList } from '../claims.js';
import type { ProviderSettings } from './settings.js';

/** What a provider's token says, as its configuration maps it. Times are in seconds since the epoch. */
export interface ProviderClaims {
  readonly identity: Identity;
  readonly expiresAt: bigint;
  /** Null: valid from the start. */
  readonly notBefore: bigint | null;
}

/** The `iss` of a payload that may be matched to a provider, or null: absent, repeated, or no text. */
export function issuerOf(payload: JsonValue): string | null {
  if (!(payload instanceof JsonObject) || payload.repeats(['iss'])) return null;
  const issuer = payload.members.get('iss');
  return typeof issuer === 'string' ? issuer : null;
}

/** Reads the claims of a provider's token, or null where they are not what the configuration wants. */
export function readProviderClaims(payload: JsonValue, provider: ProviderSettings): ProviderClaims | null {
  if (!(payload instanceof JsonObject) || payload.repeated) return null;
  const { members } = payload;
  const expiresAt = plainUint64(members.get('exp'));
  const notBefore = optionalTime(members.get('nbf'));
  const username = members.get(provider.usernameClaim);
  const realm = realmOf(members, provider);
  const roles = rolesOf(members, provider);
  if (members.get('iss') !== provider.issuer || !isOptionalUint64(members.get('iat'))) return null;
  if (!isForAudience(members.get('aud'), provider.audience)) return null;
  if (expiresAt === null || notBefore === undefined || realm === null || roles === null) return null;
  if (typeof username !== 'string' || username === '') return null;
  const identity = { username: asUsername(username), realm, issuer: provider.issuer, roles };
  return { identity, expiresAt, notBefore };
}

/** A time, null where it is absent, undefined where it is anything else. */
function optionalTime(value: JsonValue | undefined): bigint | null | undefined {
  return value === undefined ? null : (plainUint64(value) ?? undefined);
}

/** One text or a list of texts (RFC 7519, section 4.1.3). */
function isForAudience(value: JsonValue | undefined, audience: string | null): boolean {
  const audiences = typeof value === 'string' ? [value] : value === undefined ? [] : stringList(value);
  return audiences !== null && (audience === null || audiences.includes(audience));
}

/** A realm that a token names is never one that belongs to another provider: roles are held by realm. */
function realmOf(members: ReadonlyMap<string, JsonValue>, { realm }: ProviderSettings): string | null {
  if (realm.kind === 'fixed') return realm.realm;
  const named = members.get(realm.claim);
  return typeof named === 'string' && named !== '' && !realm.reserved.includes(named) ? named : null;
}

function rolesOf(
  members: ReadonlyMap<string, JsonValue>,
  { rolesClaim }: ProviderSettings,
): readonly string[] | null {
  if (rolesClaim === null || !members.has(rolesClaim)) return [];
  return stringList(members.get(rolesClaim));
}
