/** A secret that was seen where none may be. */
export interface Leak {
  /** What kind of secret it is, such as `jwt_secret`; never the secret. */
  readonly secret: string;
  /** Where it was seen, such as `log of a sidecar`. */
  readonly where: string;
}

/**
 * Looks through everything that a sidecar lets out for secrets of the run: logs, error texts, metrics, pages, traces.
 *
 * A secret has to be told before the text that must not have it is shown.
 */
export class SecretWatch {
  readonly leaks: Leak[] = [];
  private readonly texts = new Map<string, string>();
  private readonly tokenParts = new Map<string, string>();
  private readonly seen = new Map<string, number>();
  private tokens = 0;

  /** A secret text of at least eight characters: it is looked for as it is, percent-encoded, escaped, and in base64. */
  secret(kind: string, value: string): void {
    if (value.length < 8) throw new Error(`${kind}: too short to be told from other text`);
    for (const form of formsOf(value)) this.texts.set(form, kind);
  }

  /** A compact JWS: each of its payload and signature is looked for as a word, and any start of a token. */
  token(value: string): void {
    this.tokens += 1;
    const [, payload = '', signature = ''] = value.split('.');
    for (const part of [payload, signature]) if (part.length >= 16) this.tokenParts.set(part, 'token');
  }

  /** Text that a sidecar let out. */
  saw(where: string, text: string): void {
    this.seen.set(where, (this.seen.get(where) ?? 0) + Buffer.byteLength(text));
    for (const [form, kind] of this.texts) if (text.includes(form)) this.leaks.push({ secret: kind, where });
    for (const [word] of text.matchAll(/[A-Za-z0-9_-]{16,}/g)) {
      if (this.tokenParts.has(word) || /eyJ[A-Za-z0-9_-]{12}/.test(word))
        this.leaks.push({ secret: 'token', where });
    }
  }

  /** How many bytes were looked through, by where they came from. */
  looked(): ReadonlyMap<string, number> {
    return this.seen;
  }

  /** How many secrets are looked for: texts in all their forms, and tokens. */
  known(): { readonly texts: number; readonly tokens: number } {
    return { texts: this.texts.size, tokens: this.tokens };
  }
}

function formsOf(value: string): Set<string> {
  const base64 = Buffer.from(value).toString('base64').replace(/=+$/, '');
  const base64url = Buffer.from(value).toString('base64url');
  const escaped = JSON.stringify(value).slice(1, -1);
  return new Set([value, encodeURIComponent(value), escaped, base64, base64url]);
}
