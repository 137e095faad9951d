import type { Identity } from '../domain/identity.js';
import { asUsername } from '../domain/names.js';
import { JsonNumber, JsonObject, type JsonValue } from '../json/strict-json.js';

/** The claims of a verified token that matter here, in the shapes Aviso takes (contract section 2, "Identity"). */
export interface Claims {
  readonly identity: Identity;
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: bigint;
}

const UINT64_MAX = 2n ** 64n - 1n;

/**
 * Reads the claims of an Aviso token, or null where Aviso would refuse them.
 *
 * `nbf` and `aud` are not judged, but an `nbf` that derails Aviso's own reader refuses the token there, so here too.
 */
export function readClaims(claims: JsonValue): Claims | null {
  if (!(claims instanceof JsonObject) || claims.repeated) return null;
  const { members } = claims;
  const expiresAt = plainUint64(members.get('exp'));
  const username = optionalString(members.get('username'));
  const subject = optionalString(members.get('sub'));
  const realm = optionalString(members.get('realm'));
  const roles = members.has('roles') ? stringList(members.get('roles')) : [];
  const sound =
    optionalString(members.get('iss')) !== undefined &&
    isOptionalUint64(members.get('iat')) &&
    isOptionalStringMap(members.get('attributes')) &&
    isReadableNotBefore(members.get('nbf'));
  if (!sound || expiresAt === null || roles === null || realm === undefined) return null;
  if (username === undefined || subject === undefined) return null;
  const name = username ?? subject;
  if (name === null || name === '') return null;
  return { identity: { username: asUsername(name), realm, issuer: null, roles }, expiresAt };
}

/** A string, null where it is absent or null, undefined where it is anything else. */
export function optionalString(value: JsonValue | undefined): string | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : undefined;
}

export function plainUint64(value: JsonValue | undefined): bigint | null {
  if (!(value instanceof JsonNumber) || !/^[0-9]{1,20}$/.test(value.lexeme)) return null;
  const number = BigInt(value.lexeme);
  return number <= UINT64_MAX ? number : null;
}

export const isOptionalUint64 = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || plainUint64(value) !== null;

export function stringList(value: JsonValue | undefined): string[] | null {
  if (!Array.isArray(value)) return null;
  const strings = value.filter((item) => typeof item === 'string');
  return strings.length === value.length ? strings : null;
}

function isOptionalStringMap(value: JsonValue | undefined): boolean {
  if (value === undefined) return true;
  return value instanceof JsonObject && [...value.members.values()].every((item) => typeof item === 'string');
}

function isReadableNotBefore(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !(value instanceof JsonObject) || value.members.size === 0;
}
