import { createHash } from 'node:crypto';

/**
 * Tokens that were read and found to be no provider's, so that those of the shared secret are not read twice each time.
 *
 * That depends on nothing but the bytes of a token and the configured issuers, so it never has to be forgotten; bounded,
 * oldest out first.
 */
export class RememberedStrangers {
  readonly #digests = new Set<string>();

  /** @param maxEntries the most tokens to remember */
  constructor(private readonly maxEntries: number) {}

  has(token: string): boolean {
    return this.#digests.has(digest(token));
  }

  add(token: string): void {
    const [oldest] = this.#digests;
    if (oldest !== undefined && this.#digests.size >= this.maxEntries) this.#digests.delete(oldest);
    this.#digests.add(digest(token));
  }
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
