import type { webcrypto } from 'node:crypto';
import { importJWK, type JWK } from 'jose';
import type { SignatureAlgorithm } from '../../domain/signature-algorithm.js';
import { JsonObject, type JsonValue } from '../../json/strict-json.js';

/** A public key that signatures may be verified with, ready for each algorithm that it fits. */
export interface VerificationKey {
  readonly kid: string | null;
  /** Its type, and curve if it has one: keys of different families may share an id (RFC 7517, section 4.5). */
  readonly family: string;
  readonly material: ReadonlyMap<SignatureAlgorithm, webcrypto.CryptoKey>;
}

/** One member of a key set. `skipped`: sound, but not to be used. `malformed`: the set as a whole can't be trusted. */
export type ReadKey =
  | { readonly kind: 'usable'; readonly key: VerificationKey }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Longer ids belong to nobody. */
export const MAX_KID_LENGTH = 256;
/** RSA moduli outside these are weak, or there to cost time; in bits. */
const RSA_BITS = { min: 2048, max: 8192 };
/** Members of a private or symmetric key (RFC 7518, section 6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** What must be published of a key, by family. */
const PUBLIC_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

/** The family that each algorithm takes; never one of another (RFC 8725, section 3.1). */
const FAMILY_OF: Readonly<Record<SignatureAlgorithm, string>> = {
  RS256: 'RSA',
  RS384: 'RSA',
  RS512: 'RSA',
  PS256: 'RSA',
  PS384: 'RSA',
  PS512: 'RSA',
  ES256: 'EC P-256',
  ES384: 'EC P-384',
  ES512: 'EC P-521',
  EdDSA: 'OKP Ed25519',
};

/** @param algorithms those of the configuration: a key that fits none of them is of no use */
export async function readKey(entry: JsonValue, algorithms: readonly SignatureAlgorithm[]): Promise<ReadKey> {
  if (!(entry instanceof JsonObject) || entry.repeated) return malformed('is no plain object');
  const { members } = entry;
  const kty = members.get('kty');
  const kid = members.get('kid') ?? null;
  if (typeof kty !== 'string') return malformed('has no `kty`');
  if (!isKid(kid)) return malformed('has a `kid` that is no id');
  const publicMembers = Object.hasOwn(PUBLIC_MEMBERS, kty) ? PUBLIC_MEMBERS[kty] : undefined;
  if (SECRET_MEMBERS.some((name) => members.has(name))) return skipped('private or symmetric');
  if (publicMembers === undefined) return skipped('not of a known type');
  if (!isForVerifying(members)) return skipped('not for signing');
  const jwk: JWK = { kty };
  for (const name of publicMembers) {
    const value = members.get(name);
    if (typeof value !== 'string') return malformed(`lacks \`${name}\``);
    Object.assign(jwk, { [name]: value });
  }
  return withMaterial(jwk, kid, fitting(jwk, members.get('alg'), algorithms));
}

async function withMaterial(
  jwk: JWK,
  kid: string | null,
  algorithms: readonly SignatureAlgorithm[],
): Promise<ReadKey> {
  if (jwk.kty === 'RSA') {
    const weakness = rsaWeakness(jwk);
    if (weakness !== null) return weakness;
  }
  if (algorithms.length === 0) return skipped('not for a configured algorithm');
  const material = new Map<SignatureAlgorithm, webcrypto.CryptoKey>();
  for (const algorithm of algorithms) {
    const key = await importPublic(jwk, algorithm);
    if (key === null) return malformed('cannot be read');
    material.set(algorithm, key);
  }
  return { kind: 'usable', key: { kid, family: familyOf(jwk), material } };
}

const isKid = (kid: JsonValue): kid is string | null =>
  kid === null || (typeof kid === 'string' && kid !== '' && kid.length <= MAX_KID_LENGTH);

const familyOf = ({ kty = '', crv }: JWK): string => (crv === undefined ? kty : `${kty} ${crv}`);

/** `use` and `key_ops`, where they are given, must allow it (RFC 7517, sections 4.2 and 4.3). */
function isForVerifying(members: ReadonlyMap<string, JsonValue>): boolean {
  const use = members.get('use') ?? 'sig';
  const operations = members.get('key_ops') ?? ['verify'];
  return use === 'sig' && Array.isArray(operations) && operations.includes('verify');
}

/** A key that names its algorithm is for that one alone. */
function fitting(
  jwk: JWK,
  own: JsonValue | undefined,
  algorithms: readonly SignatureAlgorithm[],
): readonly SignatureAlgorithm[] {
  const family = familyOf(jwk);
  return algorithms.filter(
    (algorithm) =>
      FAMILY_OF[algorithm] === family && (own === undefined || own === null || own === algorithm),
  );
}

function rsaWeakness({ n = '', e = '' }: JWK): ReadKey | null {
  const [modulus, exponent] = [unsigned(n), unsigned(e)];
  if (modulus === null || exponent === null) return malformed('cannot be read');
  const bits = modulus === 0n ? 0 : modulus.toString(2).length;
  if (bits < RSA_BITS.min) return skipped(`weak: RSA of ${bits} bits`);
  if (bits > RSA_BITS.max) return skipped(`RSA of ${bits} bits, which costs too much to verify with`);
  const isSound = exponent >= 3n && exponent % 2n === 1n && exponent < 2n ** 32n;
  return isSound ? null : skipped('weak: RSA with an unsound exponent');
}

/** Base64url of a big-endian number (RFC 7518, section 2), or null. Bounded: the whole set is. */
function unsigned(text: string): bigint | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return null;
  const hex = Buffer.from(text, 'base64url').toString('hex');
  return hex === '' ? null : BigInt(`0x${hex}`);
}

async function importPublic(jwk: JWK, algorithm: SignatureAlgorithm): Promise<webcrypto.CryptoKey | null> {
  try {
    const key = await importJWK(jwk, algorithm);
    return key instanceof Uint8Array ? null : key;
  } catch {
    // Web Crypto and jose tell apart many ways in which points and numbers are none; here they are all one.
    return null;
  }
}

const skipped = (reason: string): ReadKey => ({ kind: 'skipped', reason });
const malformed = (reason: string): ReadKey => ({ kind: 'malformed', reason });
