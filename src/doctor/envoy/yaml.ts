import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { fail, ok, type Result } from '../../domain/result.js';
import type { Unreadable } from '../finding.js';
import { type Node, snakeCase } from './node.js';

/** How many values a file may hold once its aliases are written out. A configuration dump is long. */
const MAX_VALUES = 2_000_000;

/**
 * Reads YAML or JSON as Envoy does: one document, aliases but no merge keys. Nothing of the file is in a failure: the
 * line may hold a password.
 */
export function readEnvoyYaml(text: string, file: string): Result<Node, Unreadable> {
  const lines = new LineCounter();
  const options = { uniqueKeys: false, prettyErrors: false, stringKeys: false } as const;
  try {
    const document = parseDocument(text, { ...options, schema: 'core', lineCounter: lines });
    const [error] = document.errors;
    if (error !== undefined)
      return fail({ file, line: lines.linePos(error.pos[0]).line, reason: 'is not valid YAML or JSON' });
    return new Reader(file, lines).readRoot(document.contents);
  } catch (error) {
    if (error instanceof Refused) return fail(error.why);
    return fail({ file, line: null, reason: 'is nested too deeply to be read' });
  }
}

class Refused extends Error {
  constructor(readonly why: Unreadable) {
    super(why.reason);
  }
}

class Reader {
  #values = 0;
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, { readonly node: Node; readonly values: number }>();

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  readRoot(contents: unknown): Result<Node, Unreadable> {
    const node = this.#read(contents, 1);
    return node.kind === 'map' ? ok(node) : this.#refuse(1, 'does not hold a map');
  }

  #read(from: unknown, near: number): Node {
    if (isAlias(from)) return this.#readAlias(from);
    const before = this.#values;
    this.#count(1, near);
    const node = this.#readContent(from, this.#lineOf(from, near));
    const anchor = (isMap(from) || isSeq(from) || isScalar(from)) && from.anchor;
    if (anchor) this.#anchors.set(anchor, { node, values: this.#values - before });
    return node;
  }

  #readContent(from: unknown, line: number): Node {
    if (isMap(from)) return { kind: 'map', line, entries: this.#readPairs(from.items, line) };
    if (isSeq(from)) return { kind: 'list', line, items: from.items.map((item) => this.#read(item, line)) };
    return { kind: 'scalar', line, value: isScalar(from) ? scalar(from.value) : null };
  }

  #readPairs(pairs: readonly Pair<unknown, unknown>[], near: number): Map<string, Node> {
    const entries = new Map<string, Node>();
    for (const { key, value } of pairs) {
      const line = this.#lineOf(key, near);
      const name = snakeCase(isScalar(key) ? String(key.value) : '');
      if (entries.has(name))
        this.#refuse(line, 'gives a key twice, so it is not clear which of the two counts');
      // What is in a value starts at its key, for who looks for it.
      entries.set(name, { ...this.#read(value, line), line });
    }
    return entries;
  }

  #readAlias(alias: Alias): Node {
    const line = this.#lineOf(alias, 1);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) return this.#refuse(line, 'has an alias without an anchor');
    this.#count(target.values, line);
    return target.node;
  }

  #count(values: number, line: number): void {
    this.#values += values;
    if (this.#values > MAX_VALUES) this.#refuse(line, 'holds too many values, aliases written out');
  }

  #lineOf(from: unknown, near: number): number {
    const isNode = isAlias(from) || isMap(from) || isSeq(from) || isScalar(from);
    const offset = isNode ? from.range?.[0] : undefined;
    return offset === undefined ? near : this.#lines.linePos(offset).line;
  }

  #refuse(line: number, reason: string): never {
    throw new Refused({ file: this.#file, line, reason });
  }
}

function scalar(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
