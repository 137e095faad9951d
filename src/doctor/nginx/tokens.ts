import { fail, ok, type Result } from '../../domain/result.js';

export interface Token {
  readonly kind: 'word' | 'end' | 'open' | 'close';
  /** A word without its quotes. */
  readonly text: string;
  readonly line: number;
}

const MARKS = new Map<string, Token['kind']>([
  [';', 'end'],
  ['{', 'open'],
  ['}', 'close'],
]);

/**
 * Words, semicolons and braces of an nginx configuration, as nginx itself splits them: quotes and backslashes, `#`
 * comments, `${name}` within a word. What is in a block of another language (`content_by_lua_block`) is left out.
 *
 * @returns tokens, or the line where a quote or such a block begins that has no end
 */
export function tokensOf(text: string): Result<Token[], number> {
  return new Tokenizer(text).read();
}

class Tokenizer {
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;

  constructor(readonly text: string) {}

  read(): Result<Token[], number> {
    while (this.#at < this.text.length) {
      const line = this.#line;
      if (!this.#readOne(this.text[this.#at] ?? '')) return fail(line);
    }
    return ok(this.#tokens);
  }

  #readOne(char: string): boolean {
    const mark = MARKS.get(char);
    if (/\s/.test(char)) this.#skip();
    else if (char === '#') this.#skipComment();
    else if (mark !== undefined) return this.#readMark(mark);
    else if (char === '"' || char === "'") return this.#readQuoted(char);
    else this.#readWord();
    return true;
  }

  #skip(): string {
    const char = this.text[this.#at++] ?? '';
    if (char === '\n') this.#line += 1;
    return char;
  }

  #skipComment(): void {
    while (this.#at < this.text.length && this.text[this.#at] !== '\n') this.#at += 1;
  }

  #readMark(kind: Token['kind']): boolean {
    const before = this.#tokens.at(-1)?.text ?? '';
    this.#push(kind, this.#skip(), this.#line);
    return kind !== 'open' || !before.endsWith('_by_lua_block') || this.#skipForeign();
  }

  /** Up to the brace that closes a block of another language; braces in it are taken to be balanced. */
  #skipForeign(): boolean {
    for (let depth = 1; this.#at < this.text.length; this.#skip()) {
      if (this.text[this.#at] === '{') depth += 1;
      if (this.text[this.#at] === '}') depth -= 1;
      if (depth === 0) return true;
    }
    return false;
  }

  #readQuoted(quote: string): boolean {
    const line = this.#line;
    this.#skip();
    let word = '';
    while (this.#at < this.text.length) {
      const char = this.#skip();
      if (char === quote) {
        this.#push('word', word, line);
        return true;
      }
      word += char === '\\' ? this.#escaped() : char;
    }
    return false;
  }

  #readWord(): void {
    const line = this.#line;
    let word = '';
    while (this.#at < this.text.length) {
      const char = this.text[this.#at] ?? '';
      const isVariable = char === '{' && word.endsWith('$');
      if (/[\s;]/.test(char) || (char === '{' && !isVariable)) break;
      this.#skip();
      word += char === '\\' ? this.#escaped() : char;
    }
    this.#push('word', word, line);
  }

  /** What a backslash makes of the next character: of most, itself with the backslash, for regular expressions. */
  #escaped(): string {
    const char = this.#skip();
    const plain = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' }[char];
    return plain ?? `\\${char}`;
  }

  #push(kind: Token['kind'], text: string, line: number): void {
    this.#tokens.push({ kind, text, line });
  }
}
