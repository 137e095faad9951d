import { createHmac } from 'node:crypto';
import type { Identity } from '../../domain/identity.js';

/** How long an exchanged token lives at most, in seconds: a gateway reads it at once. */
const LIFETIME_SECONDS = 60n;
const HEADER = base64url('{"alg":"HS256","typ":"JWT"}');

/** Makes the `Authorization` value that Aviso is shown in place of a provider's token. */
export type Exchange = (identity: Identity, expiresAt: bigint) => string;

/**
 * Aviso takes tokens of `auth.jwt_secret` alone. This one says who the user is and nothing else, and never outlives the
 * token that it stands for.
 *
 * @param now the wall clock, in milliseconds since the epoch
 */
export function exchangeWith(jwtSecret: string, now: () => number): Exchange {
  return ({ username, realm, roles }, expiresAt) => {
    const latest = BigInt(Math.floor(now() / 1000)) + LIFETIME_SECONDS;
    const exp = Number(expiresAt < latest ? expiresAt : latest);
    const signed = `${HEADER}.${base64url(JSON.stringify({ username, realm, roles, exp }))}`;
    return `Bearer ${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`;
  };
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
