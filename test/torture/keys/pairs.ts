import {
  checkPrimeSync,
  createECDH,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { TestKey } from '../../helpers/keys.js';
import type { Chance } from '../upstream/chance.js';

/** Key pairs that follow from a seed, so that a run can be repeated to the byte. For tests alone: they can be guessed. */
export type PairKind = 'rsa' | 'weak' | 'p256' | 'p384' | 'ed25519' | 'x25519';

export function seededPair(chance: Chance, kind: PairKind, kid: string): TestKey {
  const privateKey = createPrivateKey({ key: privateJwk(chance, kind), format: 'jwk' });
  const publicKey: KeyObject = createPublicKey(privateKey);
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

function privateJwk(chance: Chance, kind: PairKind): JsonWebKey {
  switch (kind) {
    case 'rsa':
      return rsaJwk(chance, 1024);
    case 'weak':
      return rsaJwk(chance, 512);
    case 'p256':
      return ecJwk(chance, 'prime256v1', 'P-256', 32);
    case 'p384':
      return ecJwk(chance, 'secp384r1', 'P-384', 48);
    case 'ed25519':
      return okpJwk(chance, '302e020100300506032b657004220420');
    case 'x25519':
      return okpJwk(chance, '302e020100300506032b656e04220420');
  }
}

const bytesOf = (chance: Chance, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, () => chance.int(0, 255)));
const base64url = (bytes: Buffer): string => bytes.toString('base64url');

function ecJwk(chance: Chance, curve: string, crv: string, size: number): JsonWebKey {
  const d = bytesOf(chance, size);
  d[0] = 1;
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  return { kty: 'EC', crv, x: base64url(x), y: base64url(y), d: base64url(d) };
}

function okpJwk(chance: Chance, prefix: string): JsonWebKey {
  const der = Buffer.concat([Buffer.from(prefix, 'hex'), bytesOf(chance, 32)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
}

const E = 65_537n;

function rsaJwk(chance: Chance, primeBits: number): JsonWebKey {
  const [p, q] = [primeOf(chance, primeBits), primeOf(chance, primeBits)];
  const d = inverse(E, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: E, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const texts = Object.entries(numbers).map(([name, value]) => [name, base64url(bigEndian(value))]);
  return { kty: 'RSA', ...Object.fromEntries(texts) };
}

/** With its two highest bits set, so that the product of two has its full length. */
function primeOf(chance: Chance, bits: number): bigint {
  for (;;) {
    const bytes = bytesOf(chance, bits / 8);
    bytes[0] = (bytes[0] ?? 0) | 0xc0;
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 1;
    const candidate = BigInt(`0x${bytes.toString('hex')}`);
    if ((candidate - 1n) % E !== 0n && checkPrimeSync(candidate)) return candidate;
  }
}

function bigEndian(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

/** By Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest % next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
}
