import { LRUCache } from 'lru-cache';

/** How many tokens are remembered at most, and how many characters they have together: some 20 MB, and what they say. */
const MAX_TOKENS = 20_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * What tokens said whose signature has been verified, so that it need not be verified for each request.
 *
 * Remembers the whole token, so that one changed byte is another token. Belongs to one set of keys and goes with it.
 * It knows nothing of `exp`: whoever asks judges that anew each time. Least recently used goes first.
 */
export class VerifiedTokens<Said extends object> {
  readonly #said = new LRUCache<string, Said>({
    max: MAX_TOKENS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_said, token) => token.length,
  });

  recall(token: string): Said | undefined {
    return this.#said.get(token);
  }

  remember(token: string, said: Said): void {
    this.#said.set(token, said);
  }

  forget(token: string): void {
    this.#said.delete(token);
  }
}
