import { fail, ok, type Result } from '../../domain/result.js';
import type { Unreadable } from '../finding.js';
import { type Token, tokensOf } from './tokens.js';

/** One directive of nginx: its words without quotes, and what is between its braces. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
  /** Null when it ends with a semicolon. */
  readonly block: readonly Directive[] | null;
}

/** A file, by the path that led to it. */
export interface Included {
  readonly file: string;
  readonly text: string;
}

/** Reads the files that an `include` names; null when there is none of that name. */
export type Include = (pattern: string) => readonly Included[] | null;

/** Files within files, no deeper than this. */
const MAX_DEPTH = 20;

/**
 * Reads a configuration of nginx with the files it includes. Nothing of the text is in a failure.
 */
export function parseNginx(source: Included, include: Include, depth = 0): Result<Directive[], Unreadable> {
  const tokens = tokensOf(source.text);
  const parser = new Parser(source.file, tokens.ok ? tokens.value : [], include, depth);
  if (!tokens.ok)
    return fail({ file: source.file, line: tokens.failure, reason: 'ends within quotes or a block' });
  try {
    return ok(parser.readBlock(true));
  } catch (error) {
    if (error instanceof Refused) return fail(error.why);
    throw error;
  }
}

class Refused extends Error {
  constructor(readonly why: Unreadable) {
    super(why.reason);
  }
}

class Parser {
  #next = 0;

  constructor(
    readonly file: string,
    readonly tokens: readonly Token[],
    readonly include: Include,
    readonly depth: number,
  ) {}

  readBlock(isOutermost: boolean): Directive[] {
    const directives: Directive[] = [];
    for (;;) {
      const token = this.tokens[this.#next++];
      if (token === undefined && isOutermost) return directives;
      if (token?.kind === 'close' && !isOutermost) return directives;
      if (token?.kind !== 'word') return this.#refuse(token, 'has a brace or semicolon too many or too few');
      const directive = this.#readDirective(token);
      const isInclude = directive.name === 'include' && directive.block === null;
      directives.push(...(isInclude ? this.#included(directive) : [directive]));
    }
  }

  #readDirective({ text: name, line }: Token): Directive {
    const args: string[] = [];
    for (;;) {
      const token = this.tokens[this.#next++];
      if (token?.kind === 'word') args.push(token.text);
      else if (token?.kind === 'end') return { name, args, file: this.file, line, block: null };
      else if (token?.kind === 'open')
        return { name, args, file: this.file, line, block: this.readBlock(false) };
      else return this.#refuse(token, 'has a brace or semicolon too many or too few');
    }
  }

  #included({ args: [pattern = ''], line }: Directive): readonly Directive[] {
    const files = this.depth < MAX_DEPTH ? this.include(pattern) : null;
    if (files === null)
      throw new Refused({ file: this.file, line, reason: 'includes a file that cannot be read' });
    return files.flatMap((file) => {
      const parsed = parseNginx(file, this.include, this.depth + 1);
      if (!parsed.ok) throw new Refused(parsed.failure);
      return parsed.value;
    });
  }

  #refuse(token: Token | undefined, reason: string): never {
    throw new Refused({ file: this.file, line: token?.line ?? this.tokens.at(-1)?.line ?? 1, reason });
  }
}
