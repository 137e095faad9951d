import { createHmac } from 'node:crypto';

export const JWT_SECRET = 'a-shared-secret-of-at-least-32-bytes!';

const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

/** A compact JWS over exactly these texts, so that tests can write what no library would. */
export function signRaw(
  header: string,
  payload: string | Buffer,
  secret = JWT_SECRET,
  algorithm = 'sha256',
): string {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

export interface TokenClaims {
  readonly username?: unknown;
  readonly realm?: unknown;
  readonly roles?: unknown;
  readonly exp?: unknown;
  readonly [claim: string]: unknown;
}

/** Seconds since the epoch, from now. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** An ordinary HS256 token, valid for an hour unless the claims say otherwise. */
export function sign(claims: TokenClaims, secret = JWT_SECRET): string {
  const payload = { realm: 'ecmwf', roles: [], exp: inSeconds(3600), ...claims };
  return signRaw('{"typ":"JWT","alg":"HS256"}', JSON.stringify(payload), secret);
}

export const bearer = (claims: TokenClaims): string => `Bearer ${sign(claims)}`;
