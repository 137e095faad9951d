import { JsonObject, type JsonValue, readStrictJson } from '../json/strict-json.js';

/** A token taken apart: nothing in it is trusted yet. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly payload: JsonValue;
}

const SEGMENT = /^[A-Za-z0-9_-]+$/;

/** Header members that Aviso's JWT library knows and allows to be null. */
const NULLABLE = new Set([
  'typ',
  'cty',
  'jku',
  'jwk',
  'kid',
  'x5u',
  'x5c',
  'x5t',
  'x5t#S256',
  'enc',
  'zip',
  'url',
  'nonce',
]);

/**
 * Takes a compact JWS apart as strictly as Aviso's JWT library does (contract section 2, "Identity"), or returns null.
 *
 * Three segments of canonical base64url; header and payload strict JSON; no repeated header member; every header
 * member a string. Stricter on purpose: `crit` and an embedded `jwk` are refused.
 */
export function readToken(token: string): TokenParts | null {
  const segments = token.split('.');
  if (segments.length !== 3 || !segments.every(isCanonicalBase64url)) return null;
  const header = segmentJson(segments[0]);
  const payload = segmentJson(segments[1]);
  if (!(header instanceof JsonObject) || header.repeated || payload === null) return null;
  if (![...header.members].every(([name, value]) => isAcceptableMember(name, value))) return null;
  return { header, payload };
}

function isCanonicalBase64url(segment: string): boolean {
  return SEGMENT.test(segment) && Buffer.from(segment, 'base64url').toString('base64url') === segment;
}

function segmentJson(segment = ''): JsonValue {
  const json = readStrictJson(Buffer.from(segment, 'base64url'));
  return json.ok ? json.value : null;
}

function isAcceptableMember(name: string, value: JsonValue): boolean {
  if (name === 'crit') return false;
  if (typeof value === 'string') return name !== 'jwk' && name !== 'x5c';
  if (value === null) return NULLABLE.has(name);
  return name === 'x5c' && Array.isArray(value) && value.every((item) => typeof item === 'string');
}
