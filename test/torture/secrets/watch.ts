import { formsOf } from './forms.js';

/** A secret that was seen where none may be. */
export interface Leak {
  /** What kind of secret it is, such as `jwt_secret`; never the secret. */
  readonly secret: string;
  /** Where it was seen, such as `log of a sidecar`. */
  readonly where: string;
}

/** A piece of a token that is at least as long is told from other text. */
const PIECE = 16;
const WORDS = /[A-Za-z0-9_-]{16,}/g;

/**
 * Looks through everything that a sidecar lets out for secrets of the run: logs, error texts, metrics, pages, traces.
 *
 * A secret has to be told before the text that must not have it is shown. A text has to be shown as a whole: a secret
 * that is cut in two is not seen.
 */
export class SecretWatch {
  readonly leaks: Leak[] = [];
  private readonly noted = new Set<string>();
  private readonly texts = new Map<string, string>();
  private readonly tokenParts = new Set<string>();
  private readonly starts = new Set<string>();
  private readonly ends = new Set<string>();
  private readonly seen = new Map<string, number>();
  private tokens = 0;

  /** A secret text of at least eight characters: it is looked for in every form that programs write texts down in. */
  secret(kind: string, value: string): void {
    if (value.length < 8) throw new Error(`${kind}: too short to be told from other text`);
    for (const form of formsOf(value)) this.texts.set(form, kind);
  }

  /** A compact JWS: its payload and signature are looked for, whole and cut off at either end, and any start of a token. */
  token(value: string): void {
    this.tokens += 1;
    const [, payload = '', signature = ''] = value.split('.');
    for (const part of [payload, signature].filter((part) => part.length >= PIECE)) {
      this.tokenParts.add(part);
      this.starts.add(part.slice(0, PIECE));
      this.ends.add(part.slice(-PIECE));
    }
  }

  /** Text that a sidecar let out. */
  saw(where: string, text: string): void {
    this.seen.set(where, (this.seen.get(where) ?? 0) + Buffer.byteLength(text));
    for (const [form, kind] of this.texts) if (text.includes(form)) this.leaked(kind, where);
    for (const [word] of text.matchAll(WORDS)) if (this.isOfToken(word)) this.leaked('token', where);
  }

  /** How many bytes were looked through, by where they came from. */
  looked(): ReadonlyMap<string, number> {
    return this.seen;
  }

  /** How many secrets are looked for: texts in all their forms, and tokens. */
  known(): { readonly texts: number; readonly tokens: number } {
    return { texts: this.texts.size, tokens: this.tokens };
  }

  private isOfToken(word: string): boolean {
    if (this.tokenParts.has(word) || /eyJ[A-Za-z0-9_-]{12}/.test(word)) return true;
    return this.starts.has(word.slice(0, PIECE)) || this.ends.has(word.slice(-PIECE));
  }

  private leaked(secret: string, where: string): void {
    const note = `${secret} in ${where}`;
    if (this.noted.has(note)) return;
    this.noted.add(note);
    this.leaks.push({ secret, where });
  }
}
