import { compactVerify, errors } from 'jose';
import type { Identity } from '../../domain/identity.js';
import { isSignatureAlgorithm } from '../../domain/signature-algorithm.js';
import type { JsonObject } from '../../json/strict-json.js';
import type { TokenParts } from '../token.js';
import { MAX_KID_LENGTH, type VerificationKey } from './key.js';
import { type ProviderClaims, readProviderClaims } from './provider-claims.js';
import type { ProviderSettings } from './settings.js';
import type { KeySlot } from './slot.js';

/** What a provider's token is worth. `unavailable`: its key could not be had, so that nobody can say. */
export type ProviderVerdict =
  | { readonly kind: 'user'; readonly user: ProviderUser }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unavailable' };

export interface ProviderUser {
  readonly identity: Identity;
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: bigint;
  /** The keys it was verified with: the slot's `generation` at that time. */
  readonly generation: number;
}

/** Verifies a token whose `iss` is the provider's; waits for keys no longer than `remainingMs`. */
export type ProviderVerifier = (
  token: string,
  parts: TokenParts,
  remainingMs: number,
) => Promise<ProviderVerdict>;

/** Longer tokens are refused unread, in characters: nginx takes half of it, and real ones are far below. */
export const MAX_TOKEN_LENGTH = 16_384;
/** How far ahead a provider's clock may be, for `nbf` only, in seconds. */
const NOT_BEFORE_LEEWAY_SECONDS = 60n;
/** Header members that bring or point to a key. Keys come from the configured provider alone. */
const KEY_MEMBERS = ['jwk', 'jku', 'x5u', 'x5c'];

const INVALID: ProviderVerdict = { kind: 'invalid' };

/**
 * A provider's tokens, by its keys and no others, its configured algorithms and no others (RFC 8725).
 *
 * Whatever can be refused without a key is refused before one is looked for, so that a token that cannot be right
 * never costs a call.
 *
 * @param now the wall clock, in milliseconds since the epoch
 */
export function providerVerifier(
  provider: ProviderSettings,
  slot: KeySlot,
  now: () => number,
): ProviderVerifier {
  return async (token, { header, payload }, remainingMs) => {
    const wanted = token.length > MAX_TOKEN_LENGTH ? null : readHeader(header, provider);
    const claims = readProviderClaims(payload, provider);
    if (wanted === null || claims === null || !isCurrent(claims, now())) return INVALID;
    const { kid, algorithm } = wanted;
    const lookup = await slot.keyFor(kid, algorithm, remainingMs);
    if (lookup.kind === 'unavailable') return { kind: 'unavailable' };
    if (lookup.kind !== 'found' || !(await isSignedWith(lookup.key, algorithm, token))) return INVALID;
    if (!isCurrent(claims, now())) return INVALID;
    const { identity, expiresAt } = claims;
    return { kind: 'user', user: { identity, expiresAt, generation: lookup.generation } };
  };
}

function readHeader({ members }: JsonObject, { algorithms }: ProviderSettings) {
  const algorithm = members.get('alg');
  const kid = members.get('kid') ?? null;
  if (!isSignatureAlgorithm(algorithm) || !algorithms.includes(algorithm)) return null;
  if (KEY_MEMBERS.some((name) => members.has(name))) return null;
  if (kid !== null && (typeof kid !== 'string' || kid.length > MAX_KID_LENGTH)) return null;
  return { algorithm, kid };
}

/** No leeway on `exp`: Aviso gives the token that it is exchanged for its own 60 s, and one skew is enough. */
const isCurrent = ({ expiresAt, notBefore }: ProviderClaims, nowMs: number): boolean =>
  !isExpired(expiresAt, nowMs) &&
  (notBefore === null || notBefore <= BigInt(Math.floor(nowMs / 1000)) + NOT_BEFORE_LEEWAY_SECONDS);

/** On or after its `exp` (RFC 7519, section 4.1.4). */
export const isExpired = (expiresAt: bigint, nowMs: number): boolean =>
  expiresAt <= BigInt(Math.floor(nowMs / 1000));

async function isSignedWith(
  { material }: VerificationKey,
  algorithm: Parameters<typeof material.get>[0],
  token: string,
): Promise<boolean> {
  const key = material.get(algorithm);
  if (key === undefined) return false;
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
