import { webcrypto } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import type { Identity } from '../domain/identity.js';
import type { Awaitable } from '../domain/result.js';
import { readBearer } from './authorization.js';
import { type Claims, readClaims } from './claims.js';
import {
  AMBIGUOUS_CREDENTIALS,
  ANONYMOUS,
  type IdentityResolver,
  INVALID_TOKEN,
  type Resolution,
} from './resolver.js';
import { readToken } from './token.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Verifies a token signed with `auth.jwt_secret`; null for any token Aviso would refuse. */
export type TokenVerifier = (token: string) => Awaitable<Identity | null>;

/** How far past its `exp` Aviso still takes a token, in seconds. */
const LEEWAY_SECONDS = 60n;

/**
 * HS256 over `auth.jwt_secret` and no other algorithm, whatever the token says.
 *
 * @param now the wall clock, in milliseconds since the epoch
 * @param tokens where it remembers those that were good; takes none from there that another key verified
 */
export function sharedSecretVerifier(
  jwtSecret: string,
  now: () => number,
  tokens = new VerifiedTokens(),
): TokenVerifier {
  const readSigned = signedClaimsReader(jwtSecret);
  return (token) => {
    const known = tokens.recall(token);
    if (known?.by !== 'shared_secret') return verifyAnew(token);
    if (!isExpired(known.claims.expiresAt, now())) return known.claims.identity;
    tokens.forget(token);
    return null;
  };

  async function verifyAnew(token: string): Promise<Identity | null> {
    const claims = await readSigned(token);
    if (claims === null || isExpired(claims.expiresAt, now())) return null;
    tokens.remember(token, { by: 'shared_secret', claims });
    return claims.identity;
  }
}

function signedClaimsReader(jwtSecret: string): (token: string) => Promise<Claims | null> {
  // Imported once: jose would import any other form of it again for each token. Kept when it has
  // verified something, not before: an import that failed must not fail every token after it.
  let key: webcrypto.CryptoKey | null = null;
  return async (token) => {
    const parts = readToken(token);
    if (parts === null || parts.header.members.get('alg') !== 'HS256') return null;
    const claims = readClaims(parts.payload);
    if (claims === null) return null;
    const usable = key ?? (await importHmacKey(jwtSecret));
    if (!(await isSignedWith(usable, token))) return null;
    key = usable;
    return claims;
  };
}

/** `auth.mode: trusted_proxy`: the proxy forwards the client's own Bearer token. */
export function trustedProxyResolver(verify: TokenVerifier): IdentityResolver {
  return {
    mode: 'trusted_proxy',
    resolve(values) {
      const authorization = readBearer(values);
      if (authorization.kind === 'anonymous') return ANONYMOUS;
      if (authorization.kind === 'ambiguous') return AMBIGUOUS_CREDENTIALS;
      const verified = verify(authorization.token);
      return verified instanceof Promise ? verified.then(resolutionOf) : resolutionOf(verified);
    },
  };
}

const resolutionOf = (identity: Identity | null): Resolution =>
  identity === null ? INVALID_TOKEN : { kind: 'user', identity };

const isExpired = (expiresAt: bigint, nowMs: number): boolean =>
  expiresAt < BigInt(Math.floor(nowMs / 1000)) - LEEWAY_SECONDS;

function importHmacKey(secret: string): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('raw', Buffer.from(secret, 'utf8'), algorithm, false, ['verify']);
}

async function isSignedWith(key: webcrypto.CryptoKey, token: string): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: ['HS256'] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
