import type { Identity } from '../domain/identity.js';
import type { Awaitable } from '../domain/result.js';

/** What came of asking who the user is. `unavailable`: whoever knows could not be reached. */
export type Resolution =
  | KnownUser
  | { readonly kind: 'anonymous' }
  | (Judged & { readonly kind: 'unauthenticated'; readonly message: string })
  | (Judged & { readonly kind: 'forbidden'; readonly message: string })
  | (Judged & { readonly kind: 'unavailable'; readonly message: string });

export interface KnownUser extends Judged {
  readonly kind: 'user';
  readonly identity: Identity;
  /** Set exactly for users of a key provider, whose identities have an `issuer`. */
  readonly provided?: ProvidedUser;
}

/** What must be known of a key provider's user beside who it is (contract section 7). */
export interface ProvidedUser {
  /** ECPDS knows the user by this name. */
  readonly ecpdsUser: boolean;
  /** Makes the `Authorization` value that Aviso knows the user by. */
  authorization(): string;
}

interface Judged {
  /** How it was found out, where that is not the resolver's own mode. */
  readonly mode?: AuthMode;
}

/** The values of the `mode` label of `aviso_auth_requests_total`. */
export const AUTH_MODES = ['direct', 'trusted_proxy', 'jwks'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** Finds out who sent a request (contract section 2, "Identity"). Never throws. */
export interface IdentityResolver {
  readonly mode: AuthMode;
  /**
   * @param authorization every `Authorization` header value of the request, in order
   * @param remainingMs how long the asker still waits, in milliseconds
   */
  resolve(authorization: readonly string[], remainingMs: number): Awaitable<Resolution>;
}

export const INVALID_TOKEN: Resolution = { kind: 'unauthenticated', message: 'Invalid or expired token' };
export const AMBIGUOUS_CREDENTIALS: Resolution = {
  kind: 'unauthenticated',
  message: 'Send exactly one Authorization header',
};
export const ANONYMOUS: Resolution = { kind: 'anonymous' };
