import type { TestKey } from '../../helpers/keys.js';
import { chanceOf } from '../upstream/chance.js';
import { type PairKind, seededPair } from './pairs.js';

/** A key pair of the world: anybody may publish its public half, and sign with the private one. */
export interface Pair {
  readonly name: string;
  readonly key: TestKey;
  /** The public numbers, as text to compare by. */
  readonly numbers: string;
  /** `RSA`, or type and curve. */
  readonly family: string;
}

const KINDS: readonly PairKind[] = ['rsa', 'rsa', 'rsa', 'weak', 'p256', 'p256', 'p384', 'ed25519', 'x25519'];

/** The same in every run; no private key is in a file. */
export function makePairs(): readonly Pair[] {
  const chance = chanceOf(0, 0);
  return KINDS.map((kind, index) => {
    const name = `${kind}-${index}`;
    const key = seededPair(chance, kind, name);
    return { name, key, numbers: numbersOf(key.jwk), family: familyOf(key.jwk) };
  });
}

/** What makes a public key this one, whatever else is said of it, and however its numbers are written. */
export const numbersOf = (jwk: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([jwk['kty'], jwk['crv'] ?? null, ...['n', 'e', 'x', 'y'].map((name) => hexOf(jwk[name]))]);

const hexOf = (value: unknown): string | null =>
  typeof value === 'string' ? Buffer.from(value, 'base64url').toString('hex') : null;

export const familyOf = ({ kty, crv }: Readonly<Record<string, unknown>>): string =>
  crv === undefined ? String(kty) : `${kty} ${crv}`;
