import { createHmac } from 'node:crypto';
import type { Identity } from '../../domain/identity.js';

/** How long an exchanged token lives at most, in seconds: a gateway reads it at once. */
const LIFETIME_SECONDS = 60n;
const HEADER = base64url('{"alg":"HS256","typ":"JWT"}');

/**
 * For one token of a provider: who it says and its `exp`, in seconds since the epoch. What comes back makes the
 * `Authorization` value that Aviso is shown in its place.
 */
export type Exchange = (identity: Identity, expiresAt: bigint) => () => string;

/**
 * Aviso takes tokens of `auth.jwt_secret` alone. This one says who the user is and nothing else, and never outlives the
 * token that it stands for. `exp` is in whole seconds, so one is signed for all requests of a second.
 *
 * @param now the wall clock, in milliseconds since the epoch
 */
export function exchangeWith(jwtSecret: string, now: () => number): Exchange {
  return ({ username, realm, roles }, expiresAt) => {
    let last: { readonly exp: bigint; readonly header: string } | null = null;
    return () => {
      const latest = BigInt(Math.floor(now() / 1000)) + LIFETIME_SECONDS;
      const exp = expiresAt < latest ? expiresAt : latest;
      if (last?.exp !== exp) {
        last = { exp, header: signed(jwtSecret, { username, realm, roles, exp: Number(exp) }) };
      }
      return last.header;
    };
  };
}

function signed(jwtSecret: string, claims: object): string {
  const text = `${HEADER}.${base64url(JSON.stringify(claims))}`;
  return `Bearer ${text}.${createHmac('sha256', jwtSecret).update(text).digest('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
