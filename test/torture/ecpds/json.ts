/**
 * A JSON reader that has nothing in common with the one under test: `JSON.parse` says what is JSON at all, and a list of
 * tokens what it hides: repeated members, lone surrogates, numbers out of range, depth.
 */
export type Json = string | number | boolean | null | readonly Json[] | Members;

/** An object: every member in the order of the text, repeated ones too. */
export class Members {
  constructor(readonly entries: readonly (readonly [name: string, value: Json])[]) {}

  /** The last of this name, as readers take it; undefined when there is none. */
  last(name: string): Json | undefined {
    return this.entries.findLast(([other]) => other === name)?.[1];
  }

  count(name: string): number {
    return this.entries.filter(([other]) => other === name).length;
  }
}

/** The deepest nesting that the gateway's reader takes. */
const MAX_DEPTH = 127;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The document, or undefined when the gateway's reader would not take it (contract section 2). */
export function readJson(bytes: Uint8Array): Json | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return new Tokens(text.match(TOKEN) ?? []).value(0);
  } catch {
    return undefined;
  }
}

/** Builds values from the tokens of a text that is known to be JSON. @throws for what is not to be taken */
class Tokens {
  #at = 0;
  constructor(private readonly tokens: readonly string[]) {}

  value(depth: number): Json {
    const token = this.#next();
    if (token === '{' || token === '[') {
      if (depth >= MAX_DEPTH) throw new RangeError('too deep');
      return token === '{' ? this.#members(depth + 1) : this.#items(depth + 1);
    }
    return scalar(token);
  }

  #members(depth: number): Members {
    const entries: [string, Json][] = [];
    while (this.#peek() !== '}') {
      const name = textOf(this.#next());
      this.#next();
      entries.push([name, this.value(depth)]);
      if (this.#peek() === ',') this.#next();
    }
    this.#next();
    return new Members(entries);
  }

  #items(depth: number): Json[] {
    const items: Json[] = [];
    while (this.#peek() !== ']') {
      items.push(this.value(depth));
      if (this.#peek() === ',') this.#next();
    }
    this.#next();
    return items;
  }

  #peek(): string {
    return this.tokens[this.#at] ?? '';
  }

  #next(): string {
    this.#at += 1;
    return this.tokens[this.#at - 1] ?? '';
  }
}

function scalar(token: string): Json {
  if (token.startsWith('"')) return textOf(token);
  const value: unknown = JSON.parse(token);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('out of range');
  return value as number | boolean | null;
}

function textOf(token: string): string {
  const text = String(JSON.parse(token));
  if (/[\ud800-\udfff]/u.test(text)) throw new RangeError('lone surrogate');
  return text;
}
