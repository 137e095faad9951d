import { type Json, Members, readJson } from '../ecpds/json.js';
import { familyOf, numbersOf, type Pair } from './material.js';

/** Which keys of which sets count, a second time (contract section 7, decision 0021). */
export interface GoodKey {
  readonly kid: string | null;
  readonly family: string;
  readonly numbers: string;
  readonly algorithms: readonly string[];
}

const FAMILIES: Record<string, string> = {
  ...{ RS256: 'RSA', RS384: 'RSA', RS512: 'RSA', PS256: 'RSA', PS384: 'RSA', PS512: 'RSA' },
  ...{ ES256: 'EC P-256', ES384: 'EC P-384', ES512: 'EC P-521', EdDSA: 'OKP Ed25519' },
};
const NEEDED: Record<string, readonly string[]> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MAX_BYTES = 1024 * 1024;

/** The keys of an answer, or null when nothing of it may be stored. */
export function goodKeys(
  status: number,
  body: Uint8Array,
  algorithms: readonly string[],
  pairs: readonly Pair[],
): readonly GoodKey[] | null {
  if (status !== 200 || body.length > MAX_BYTES) return null;
  const document = readJson(body);
  if (!(document instanceof Members) || document.count('keys') !== 1) return null;
  const entries = document.last('keys');
  if (!Array.isArray(entries) || entries.length > 100) return null;
  const read = entries.map((entry: Json) => goodKey(entry, algorithms, pairs));
  if (read.includes('broken')) return null;
  const keys = read.filter((key): key is GoodKey => typeof key === 'object');
  const ids = keys.filter(({ kid }) => kid !== null).map(({ kid, family }) => JSON.stringify([kid, family]));
  return keys.length === 0 || new Set(ids).size < ids.length ? null : keys;
}

/** `unfit`: a key, but none to be used. `broken`: what nobody would publish whole. */
function goodKey(
  entry: Json,
  algorithms: readonly string[],
  pairs: readonly Pair[],
): GoodKey | 'unfit' | 'broken' {
  if (!(entry instanceof Members)) return 'broken';
  const names = entry.entries.map(([name]) => name);
  if (new Set(names).size < names.length) return 'broken';
  const [kty, kid, use, operations] = ['kty', 'kid', 'use', 'key_ops'].map(
    (name) => entry.last(name) ?? null,
  );
  if (typeof kty !== 'string') return 'broken';
  if (kid !== null && (typeof kid !== 'string' || kid === '' || kid.length > 256)) return 'broken';
  const needed = Object.hasOwn(NEEDED, kty) ? NEEDED[kty] : undefined;
  if (needed === undefined || PRIVATE.some((name) => names.includes(name))) return 'unfit';
  if (use !== null && use !== 'sig') return 'unfit';
  if (operations !== null && !(Array.isArray(operations) && operations.includes('verify'))) return 'unfit';
  const jwk: Record<string, unknown> = { kty };
  for (const name of needed) jwk[name] = entry.last(name);
  if (needed.some((name) => typeof jwk[name] !== 'string')) return 'broken';
  const own = entry.last('alg') ?? null;
  const family = familyOf(jwk);
  const fitting = algorithms.filter((name) => FAMILIES[name] === family && (own === null || own === name));
  const strength = kty === 'RSA' ? strengthOf(String(jwk['n']), String(jwk['e'])) : 'good';
  if (strength !== 'good') return strength;
  if (fitting.length === 0) return 'unfit';
  const numbers = numbersOf(jwk);
  const isPoint = kty === 'OKP' ? isOf32Bytes(jwk['x']) : pairs.some((pair) => pair.numbers === numbers);
  if (kty !== 'RSA' && !isPoint) return 'broken';
  return { kid, family, numbers, algorithms: fitting };
}

/** Any such text is a key of Ed25519; on a curve of NIST there are those of this world, and no others. */
const isOf32Bytes = (x: unknown): boolean => Buffer.from(String(x), 'base64url').length === 32;

function strengthOf(n: string, e: string): 'good' | 'unfit' | 'broken' {
  if (![n, e].every((text) => /^[\w-]+$/.test(text))) return 'broken';
  const bits = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex') || '0'}`).toString(2).length;
  const exponent = Buffer.from(e, 'base64url').readUIntBE(0, Math.min(6, Buffer.from(e, 'base64url').length));
  const isSound = exponent % 2 === 1 && exponent > 2 && exponent < 2 ** 32;
  return bits >= 2048 && bits <= 8192 && isSound ? 'good' : 'unfit';
}

/** Where a discovery document says that the keys are, or null when it is not to be believed. */
export function keysPlace(status: number, body: Uint8Array, issuer: string): string | null {
  const document = status === 200 && body.length <= MAX_BYTES ? readJson(body) : undefined;
  if (!(document instanceof Members)) return null;
  if (document.count('issuer') !== 1 || document.count('jwks_uri') !== 1) return null;
  const uri = document.last('jwks_uri');
  if (document.last('issuer') !== issuer || typeof uri !== 'string') return null;
  if (!URL.canParse(uri) || /[\s#]/.test(uri)) return null;
  const { protocol, hostname, username, password, href } = new URL(uri);
  const isHere = protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  return (protocol === 'https:' || isHere) && username === '' && password === '' ? href : null;
}
