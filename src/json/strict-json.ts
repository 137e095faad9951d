import { isUtf8 } from 'node:buffer';
import { fail, ok, type Result } from '../domain/result.js';
import { isInDoubleRange } from './number-range.js';

/**
 * A JSON reader as strict as the gateway's, which reads with Rust's `serde_json` (contract section 2).
 *
 * `JSON.parse` alone is not enough for a security decision: it accepts lone surrogates, hides repeated member
 * names, forgets how a number was written and knows no limit of depth. One pass, linear in the input.
 */
export type JsonValue = string | boolean | null | JsonNumber | JsonValue[] | JsonObject;

/** A number as it was written; what it means is for the reader of the field to say. */
export class JsonNumber {
  constructor(readonly lexeme: string) {}
}

/** An object. Of members of the same name the last one is kept. */
export class JsonObject {
  readonly members = new Map<string, JsonValue>();
  #repeated: Set<string> | null = null;

  /** True when some member name stood in it more than once. */
  get repeated(): boolean {
    return this.#repeated !== null;
  }

  /** True when one of these members stood in it more than once. */
  repeats(names: readonly string[]): boolean {
    return names.some((name) => this.#repeated?.has(name));
  }

  /** Adds a member as it is read. */
  add(name: string, value: JsonValue): void {
    if (this.members.has(name)) {
      this.#repeated ??= new Set();
      this.#repeated.add(name);
    }
    this.members.set(name, value);
  }
}

/** Containers may be nested this deep; one more and `serde_json` gives up, and so do we. */
export const MAX_DEPTH = 127;

class JsonSyntaxError extends Error {}

/**
 * Reads UTF-8 bytes as one JSON document.
 *
 * Fails with a short reason, safe to show to a client, on invalid UTF-8, a byte order mark, a lone surrogate, a
 * number outside the range of a double, nesting deeper than {@link MAX_DEPTH}, or anything RFC 8259 does not allow.
 */
export function readStrictJson(bytes: Uint8Array): Result<JsonValue, string> {
  if (!isUtf8(bytes)) return fail('not valid UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return ok(new Reader(text).document());
  } catch (error) {
    if (error instanceof JsonSyntaxError) return fail(error.message);
    throw error;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;

class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): JsonValue {
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.error('unexpected data after the document');
    return value;
  }

  private value(): JsonValue {
    this.skipSpace();
    switch (this.text.charCodeAt(this.at)) {
      case 0x7b:
        return this.object();
      case 0x5b:
        return this.array();
      case QUOTE:
        return this.string();
      case 0x74:
        return this.literal('true', true);
      case 0x66:
        return this.literal('false', false);
      case 0x6e:
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(): JsonObject {
    this.enter();
    const object = new JsonObject();
    if (!this.tryClose('}')) {
      do {
        this.skipSpace();
        const name = this.string();
        this.expect(':');
        object.add(name, this.value());
      } while (this.nextOrClose('}'));
    }
    this.depth -= 1;
    return object;
  }

  private array(): JsonValue[] {
    this.enter();
    const items: JsonValue[] = [];
    if (!this.tryClose(']')) {
      do {
        items.push(this.value());
      } while (this.nextOrClose(']'));
    }
    this.depth -= 1;
    return items;
  }

  private enter(): void {
    this.at += 1;
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw this.error('nested too deep');
  }

  private tryClose(close: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== close) return false;
    this.at += 1;
    return true;
  }

  /** After an item: true at a comma, false at the closing bracket. */
  private nextOrClose(close: string): boolean {
    this.skipSpace();
    const found = this.text[this.at];
    this.at += 1;
    if (found === ',') return true;
    if (found === close) return false;
    throw this.error(`expected ',' or '${close}'`, -1);
  }

  private expect(wanted: string): void {
    this.skipSpace();
    if (this.text[this.at] !== wanted) throw this.error(`expected '${wanted}'`);
    this.at += 1;
  }

  private literal<T extends boolean | null>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.error('expected a value');
    this.at += word.length;
    return value;
  }

  private number(): JsonNumber {
    NUMBER.lastIndex = this.at;
    const lexeme = NUMBER.exec(this.text)?.[0];
    if (lexeme === undefined) throw this.error('expected a value');
    this.at += lexeme.length;
    if (!isInDoubleRange(lexeme)) throw this.error('number out of range');
    return new JsonNumber(lexeme);
  }

  private string(): string {
    if (this.text.charCodeAt(this.at) !== QUOTE) throw this.error('expected a string');
    const start = ++this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) return this.text.slice(start, this.at++);
      if (code === BACKSLASH) return this.escapedString(start);
      if (!(code >= 0x20)) throw this.error('unterminated string or control character in it');
      this.at += 1;
    }
  }

  /** The rest of a string from its first backslash on. */
  private escapedString(start: number): string {
    const parts: string[] = [];
    let from = start;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        parts.push(this.text.slice(from, this.at++));
        return parts.join('');
      }
      if (!(code >= 0x20)) throw this.error('unterminated string or control character in it');
      if (code !== BACKSLASH) {
        this.at += 1;
        continue;
      }
      parts.push(this.text.slice(from, this.at));
      this.at += 1;
      parts.push(this.escape());
      from = this.at;
    }
  }

  private escape(): string {
    const letter = this.text[this.at] ?? '';
    this.at += 1;
    if (letter === 'u') return this.unicodeEscape();
    const plain = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (plain === undefined) throw this.error('invalid escape', -1);
    return plain;
  }

  private unicodeEscape(): string {
    const unit = this.hex4();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff || !this.text.startsWith('\\u', this.at)) throw this.error('lone surrogate');
    this.at += 2;
    const low = this.hex4();
    if (low < 0xdc00 || low > 0xdfff) throw this.error('lone surrogate');
    return String.fromCharCode(unit, low);
  }

  private hex4(): number {
    HEX4.lastIndex = this.at;
    const digits = HEX4.exec(this.text)?.[0];
    if (digits === undefined) throw this.error('invalid escape');
    this.at += 4;
    return Number.parseInt(digits, 16);
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private error(what: string, offset = 0): JsonSyntaxError {
    return new JsonSyntaxError(`${what} at character ${this.at + offset + 1}`);
  }
}
