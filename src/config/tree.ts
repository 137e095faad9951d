/** What a configuration file holds. Whole numbers are bigints, so that 64-bit ones stay exact. */
export type Tree = string | number | bigint | boolean | null | readonly Tree[] | TreeMap;

/** A map without a prototype, in which `__proto__` and `constructor` are names like any other. */
export interface TreeMap {
  readonly [key: string]: Tree;
}

export function treeMap(entries: Iterable<readonly [string, Tree]> = []): TreeMap {
  const map: Record<string, Tree> = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}

export function isTreeMap(value: unknown): value is TreeMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maps are merged deeply, anything else is replaced whole, as Aviso does with its own files. */
export function merge(under: Tree, over: Tree): Tree {
  if (!isTreeMap(under) || !isTreeMap(over)) return over;
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, below === undefined ? value : merge(below, value));
  }
  return treeMap(merged);
}

/** The tree that holds one value, at a path. */
export function treeAt(path: readonly string[], value: Tree): Tree {
  return path.reduceRight<Tree>((inner, key) => treeMap([[key, inner]]), value);
}
