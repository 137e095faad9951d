import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { fail, ok, type Result } from '../domain/result.js';
import { isPlainName, type Path, type Problem, showPath } from './problem.js';
import { type Tree, type TreeMap, treeMap } from './tree.js';
import { syntaxProblem } from './yaml-errors.js';

/** How many values a file may hold once its aliases are written out: far above any real one. */
const MAX_VALUES = 100_000;

/**
 * Reads YAML as Aviso's own reader does: YAML 1.2, one document, aliases but no merge keys, keys that are
 * numbers or booleans taken as text. The parser's own messages are never passed on: they quote the file, and the
 * line they quote may hold a password.
 */
export function readYaml(text: string, file: string): Result<TreeMap, Problem[]> {
  const lines = new LineCounter();
  const place = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${line}:${col}`;
  };
  try {
    const document = parseDocument(text, {
      schema: 'core',
      intAsBigInt: true,
      uniqueKeys: false,
      prettyErrors: false,
      stringKeys: false,
      lineCounter: lines,
    });
    if (document.errors.length > 0) {
      return fail(document.errors.slice(0, 20).map(({ code, pos }) => syntaxProblem(code, place(pos[0]))));
    }
    return readRoot(document.contents, file, place);
  } catch {
    return fail([syntaxProblem('TOO_DEEP', file)]);
  }
}

type Place = (offset: number | undefined) => string;

function readRoot(contents: unknown, file: string, place: Place): Result<TreeMap, Problem[]> {
  if (contents === null) return ok(treeMap());
  if (!isMap(contents) && !isEmptyScalar(contents)) return fail([syntaxProblem('NOT_A_MAP', file)]);
  const reader = new TreeReader(place);
  const tree = isMap(contents) ? reader.readPairs(contents.items, []) : treeMap();
  if (reader.problems.length > 0) return fail(reader.problems);
  return reader.values > MAX_VALUES ? fail([syntaxProblem('TOO_LARGE', file)]) : ok(tree);
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

/** Turns the nodes of one document into a tree. An alias shares the tree of its anchor. */
class TreeReader {
  readonly problems: Problem[] = [];
  /** Values read, counting those behind an alias each time. */
  values = 0;
  readonly #place: Place;
  readonly #anchors = new Map<string, { tree: Tree; values: number }>();

  constructor(place: Place) {
    this.#place = place;
  }

  readPairs(pairs: readonly Pair<unknown, unknown>[], path: Path): TreeMap {
    const entries = new Map<string, Tree>();
    for (const pair of pairs) {
      const key = this.#readKey(pair.key, path);
      if (key === null) continue;
      if (entries.has(key)) this.#report('DUPLICATE_KEY', pair.key, [...path, key]);
      entries.set(key, this.#read(pair.value, [...path, key]));
    }
    return treeMap(entries);
  }

  #read(node: unknown, path: Path): Tree {
    if (isAlias(node)) return this.#readAlias(node, path);
    const before = this.values;
    this.values += 1;
    const tree = this.#readContent(node, path);
    const anchor = (isMap(node) || isSeq(node) || isScalar(node)) && node.anchor;
    if (anchor) this.#anchors.set(anchor, { tree, values: this.values - before });
    return tree;
  }

  #readContent(node: unknown, path: Path): Tree {
    if (isMap(node)) return this.readPairs(node.items, path);
    if (isSeq(node)) return node.items.map((item, index) => this.#read(item, [...path, index]));
    return isScalar(node) ? scalar(node.value) : null;
  }

  #readAlias(node: Alias, path: Path): Tree {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      this.#report('BAD_ALIAS', node, path);
      return null;
    }
    this.values += target.values;
    return target.tree;
  }

  #readKey(node: unknown, path: Path): string | null {
    const key = isAlias(node) ? this.#readAlias(node, path) : isScalar(node) ? node.value : undefined;
    if (typeof key === 'string') return key;
    if (typeof key === 'bigint' || typeof key === 'boolean') return String(key);
    if (typeof key === 'number') return (isScalar(node) && node.source) || String(key);
    this.#report('NON_STRING_KEY', node, path);
    return null;
  }

  #report(code: string, node: unknown, path: Path): void {
    const offset =
      isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
    const { path: file, problem, cure } = syntaxProblem(code, this.#place(offset));
    const at = path.length > 0 && path.every(isShown) ? showPath(path) : file;
    this.problems.push({ path: at, problem: `${problem} (${file})`, cure });
  }
}

/** Keys of a file that may be broken are shown only when they are plain: `password=…` may be one of them. */
function isShown(step: string | number): boolean {
  return typeof step === 'number' || isPlainName(step);
}

function scalar(value: unknown): Tree {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return null;
  }
}
