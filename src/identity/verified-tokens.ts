import { LRUCache } from 'lru-cache';
import type { Claims } from './claims.js';
import type { KnownUser } from './resolver.js';

/** What a verified token said, and whose keys it was verified with: good for those alone. */
export type Verified = VerifiedBySecret | VerifiedByProvider;

export interface VerifiedBySecret {
  readonly by: 'shared_secret';
  readonly claims: Claims;
}
export interface VerifiedByProvider {
  readonly by: 'provider';
  readonly keys: KeyGeneration;
  /** That of `keys` at the time: with any other the token is to be verified anew. */
  readonly generation: number;
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: bigint;
  readonly user: KnownUser;
}

/** The keys of a provider: which set of them is used now, or null when none may be. */
export interface KeyGeneration {
  readonly generation: number | null;
}

/** How many tokens are remembered at most, and how many characters they have together: some 20 MB, and what they say. */
const MAX_TOKENS = 20_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * What tokens said whose signature has been verified, so that it need not be verified for each request.
 *
 * Remembers the whole token, so that one changed byte is another token. It judges nothing: whoever asks looks anew each
 * time whether the token has expired and its keys are still the same. Least recently used goes first.
 */
export class VerifiedTokens {
  readonly #verified = new LRUCache<string, Verified>({
    max: MAX_TOKENS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_verified, token) => token.length,
  });

  recall(token: string): Verified | undefined {
    return this.#verified.get(token);
  }

  remember(token: string, verified: Verified): void {
    this.#verified.set(token, verified);
  }

  forget(token: string): void {
    this.#verified.delete(token);
  }
}
