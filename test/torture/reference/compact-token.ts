import { type JsonObject, memberOf, readJson, repeatsMember } from './json.js';

/** A compact JWS, taken apart. Nothing in it has been verified. */
export interface CompactToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What is signed. */
  readonly signed: string;
  readonly signature: Uint8Array;
  /** Something in it is left open by the contract: refusing it is right as well. */
  readonly isDoubtful: boolean;
}

/** Three segments of canonical base64url, the first two strict JSON objects without repeated members; else null. */
export function readCompact(token: string): CompactToken | null {
  const segments = token.split('.');
  const [head, payload, signature] = segments.map(base64urlBytes);
  if (segments.length !== 3 || !head || !payload || !signature) return null;
  const [header, claims] = [readJson(head), readJson(payload)];
  if (header?.value.type !== 'object' || claims?.value.type !== 'object') return null;
  if (repeatsMember(header.value) || repeatsMember(claims.value)) return null;
  return {
    header: header.value,
    claims: claims.value,
    signed: segments.slice(0, 2).join('.'),
    signature,
    isDoubtful: header.isDoubtful || claims.isDoubtful,
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]));

/** The bytes of unpadded base64url whose last bits are zero (RFC 4648, section 3.5); null for any other text. */
export function base64urlBytes(text: string): Uint8Array | null {
  if (text.length === 0 || text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = VALUES.get(text.charAt(i));
    if (value === undefined) return null;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = held >> bits;
    at += 1;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? bytes : null;
}

/** Header members that Aviso's library knows, and takes when they are `null`. */
const MAY_BE_NULL = [
  'typ',
  'cty',
  'jku',
  'kid',
  'x5u',
  'x5t',
  'x5t#S256',
  'x5c',
  'jwk',
  'enc',
  'zip',
  'url',
  'nonce',
];

/**
 * Whether the header is one that Aviso's library takes (observed): every member a text; some may be null, and `x5c` is a
 * list of texts. Refused on purpose: `crit`, and a key in the token itself.
 */
export const isSoundHeader = ({ entries }: JsonObject): boolean =>
  entries.every(([name, value]) => {
    if (name === 'crit') return false;
    if (value.type === 'literal' && value.value === null) return MAY_BE_NULL.includes(name);
    if (name === 'x5c') return value.type === 'array' && value.items.every(({ type }) => type === 'string');
    return name !== 'jwk' && value.type === 'string';
  });

/** The `alg` of a header, when it is a text. */
export function algorithmOf(header: JsonObject): string | null {
  const algorithm = memberOf(header, 'alg');
  return algorithm?.type === 'string' ? algorithm.text : null;
}
