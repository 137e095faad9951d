import { rangeOf } from './number-range.js';

/**
 * A JSON reader of its own (RFC 8259, and contract section 2, "Body"), to judge the sidecar's by: bytes to text by the
 * platform's decoder, text to tokens by one pattern each, tokens to a tree on a stack that is no call stack.
 */
export type Json =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'number'; readonly lexeme: string }
  | { readonly type: 'literal'; readonly value: boolean | null }
  | { readonly type: 'array'; readonly items: Json[] }
  | { readonly type: 'object'; readonly entries: [string, Json][] };
export type JsonObject = Extract<Json, { type: 'object' }>;

/** A document. `isDoubtful`: it has something that the contract leaves open, so that refusing it is right as well. */
export interface Document {
  readonly value: Json;
  readonly isDoubtful: boolean;
}

/** So many containers may surely be nested; one more is where the contract and Aviso's library differ by one. */
const SURE_DEPTH = 127;
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;

type Container = Extract<Json, { type: 'array' | 'object' }>;

/** The document in these bytes, or null where there is none. */
export function readJson(bytes: Uint8Array): Document | null {
  let text: string;
  try {
    text = DECODER.decode(bytes);
  } catch {
    // The decoder throws on nothing but what is no UTF-8.
    return null;
  }
  return new Scan(text).document();
}

class Scan {
  private at = 0;
  private isDoubtful = false;
  private readonly open: Container[] = [];

  constructor(private readonly text: string) {}

  document(): Document | null {
    let root: Json | null = null;
    do {
      const value = this.value();
      if (value === null) return null;
      root ??= value;
      if (!this.closeWhatEnds(value)) return null;
    } while (this.open.length > 0);
    this.take(SPACE);
    return this.at === this.text.length && root !== null
      ? { value: root, isDoubtful: this.isDoubtful }
      : null;
  }

  /** One value, put into the container that is open; of a container, its opening bracket only. */
  private value(): Json | null {
    const parent = this.open.at(-1);
    const name = parent?.type === 'object' ? this.name() : '';
    if (name === null) return null;
    this.take(SPACE);
    const value = this.container() ?? this.scalar();
    if (value === null) return null;
    if (parent?.type === 'object') parent.entries.push([name, value]);
    if (parent?.type === 'array') parent.items.push(value);
    return value;
  }

  private container(): Json | null {
    const bracket = this.text[this.at];
    if (bracket !== '[' && bracket !== '{') return null;
    this.at += 1;
    const value: Container = bracket === '[' ? { type: 'array', items: [] } : { type: 'object', entries: [] };
    this.open.push(value);
    return value;
  }

  private scalar(): Json | null {
    const start = this.text[this.at];
    if (start === '"') return this.string();
    const literal = this.take(LITERAL);
    if (literal !== null) return { type: 'literal', value: literal === 'null' ? null : literal === 'true' };
    const lexeme = this.take(NUMBER);
    const range = lexeme === null ? 'out' : rangeOf(lexeme);
    if (range === 'near') this.isDoubtful = true;
    return lexeme === null || range === 'out' ? null : { type: 'number', lexeme };
  }

  private string(): Extract<Json, { type: 'string' }> | null {
    const quoted = this.take(STRING);
    if (quoted === null) return null;
    const text = quoted.slice(1, -1).replace(/\\(?:u(.{4})|(.))/g, unescaped);
    return /\p{Surrogate}/u.test(text) ? null : { type: 'string', text };
  }

  private name(): string | null {
    this.take(SPACE);
    const name = this.string();
    this.take(SPACE);
    return name !== null && this.skip(':') ? name.text : null;
  }

  /** After a value: everything that ends here is closed. False where neither an end nor another value may follow. */
  private closeWhatEnds(value: Json): boolean {
    if (this.open.length > SURE_DEPTH + 1) return false;
    if (this.open.length > SURE_DEPTH) this.isDoubtful = true;
    if (this.open.at(-1) === value && !this.skipEnd()) return true;
    while (this.open.length > 0) {
      this.take(SPACE);
      if (this.skip(',')) return true;
      if (!this.skipEnd()) return false;
    }
    return true;
  }

  /** The closing bracket of the innermost container. */
  private skipEnd(): boolean {
    this.take(SPACE);
    const innermost = this.open.at(-1);
    if (!this.skip(innermost?.type === 'array' ? ']' : '}')) return false;
    this.open.pop();
    return true;
  }

  private skip(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private take(token: RegExp): string | null {
    token.lastIndex = this.at;
    const found = token.exec(this.text)?.[0] ?? null;
    this.at += found?.length ?? 0;
    return found;
  }
}

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const unescaped = (_all: string, hex: string | undefined, letter = ''): string =>
  hex === undefined ? (ESCAPED[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));

/** The member of that name, the last of several; undefined where there is none. */
export const memberOf = (object: JsonObject, name: string): Json | undefined =>
  object.entries.findLast(([member]) => member === name)?.[1];

/** Whether some member of this very object stands there more than once. */
export const repeatsMember = ({ entries }: JsonObject): boolean =>
  new Set(entries.map(([name]) => name)).size < entries.length;

/** Whether some member is repeated in the value or anywhere in it. */
export function repeatsAnywhere(value: Json): boolean {
  const left: Json[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next.type === 'array') for (const item of next.items) left.push(item);
    if (next.type !== 'object') continue;
    if (repeatsMember(next)) return true;
    for (const [, member] of next.entries) left.push(member);
  }
  return false;
}

/** The text of a string; undefined for any other value, and for none. */
export const textOf = (value: Json | undefined): string | undefined =>
  value?.type === 'string' ? value.text : undefined;

/** Whether it is `null` or absent. */
export const isNothing = (value: Json | undefined): boolean =>
  value === undefined || (value.type === 'literal' && value.value === null);
