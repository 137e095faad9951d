import { createHash } from 'node:crypto';
import { isExpired, type ProviderUser } from './verifier.js';

/** Where a remembered token came from, and whether its keys are still the ones it was verified with. */
export interface KeyGeneration {
  readonly generation: number | null;
}

interface Entry<Source> {
  readonly source: Source;
  readonly user: ProviderUser;
}

/**
 * Tokens that were verified, so that the next request with the same one costs no signature.
 *
 * An answer is as good as verifying again: it holds for these very bytes, ends with the token, and is forgotten when the
 * provider's keys are fetched anew or grow too old. Bounded, oldest out first; tokens are kept as digests only.
 */
export class RememberedUsers<Source extends KeyGeneration> {
  readonly #entries = new Map<string, Entry<Source>>();

  /** @param maxEntries the most tokens to remember @param now the wall clock, in milliseconds since the epoch */
  constructor(
    private readonly maxEntries: number,
    private readonly now: () => number,
  ) {}

  get(token: string): Entry<Source> | null {
    const key = digest(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    const { source, user } = entry;
    if (source.generation === user.generation && !isExpired(user.expiresAt, this.now())) return entry;
    this.#entries.delete(key);
    return null;
  }

  add(token: string, source: Source, user: ProviderUser): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= this.maxEntries) this.#entries.delete(oldest);
    this.#entries.set(digest(token), { source, user });
  }
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
