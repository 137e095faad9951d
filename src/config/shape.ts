import { Kind, OptionalKind, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { coerce } from './coerce.js';
import type { Draft } from './draft.js';
import { isPlainName, type Path, type Problem, problemAt } from './problem.js';
import { describe } from './shape-problems.js';
import { nearest } from './suggest.js';
import { isTreeMap, type Tree, treeMap } from './tree.js';

/** Collects what is found on the way through a tree. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** Holds a tree against its schema: fills in defaults, converts values, drops what is wrong and reports it. */
export function shape<T extends TSchema>(
  schema: T,
  tree: Tree,
  found: Findings,
): Draft<Static<T>> | undefined {
  // The one cast: below, every value that does not fit its schema is left out.
  return walk(schema, tree, [], found) as Draft<Static<T>> | undefined;
}

function walk(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  switch (schema[Kind]) {
    case 'Object':
      return walkObject(schema, value, path, found);
    case 'Record':
      return walkRecord(schema, value, path, found);
    case 'Array':
      return walkArray(schema, value, path, found);
    default:
      if (schema['nullable'] === true) return walkNullable(schema, value, path, found);
      return isDiscriminated(schema)
        ? walkVariant(schema, value, path, found)
        : walkLeaf(schema, value, path, found);
  }
}

function walkObject(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  if (!isTreeMap(value)) return refuse(schema, value, path, found);
  const properties: Record<string, TSchema> = schema['properties'];
  reportUnknown(schema, value, path, found);
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, property] of Object.entries(properties)) {
    const given = present(property, value[key]);
    if (given !== undefined) {
      assign(result, key, walk(property, given, [...path, key], found));
    } else if ('default' in property) {
      assign(result, key, walkDefault(property, [...path, key], found));
    } else if (property[OptionalKind] === undefined) {
      found.problems.push(problemAt([...path, key], 'is missing', describe(property, null).cure));
    }
  }
  return result;
}

/** `null` counts as left out, unless it is a value of its own. */
function present(schema: TSchema, value: Tree | undefined): Tree | undefined {
  if (value !== null) return value;
  return Value.Check(schema, null) ? null : undefined;
}

function walkDefault(schema: TSchema, path: Path, found: Findings): unknown {
  const fallback: unknown = schema['default'];
  return isTreeMap(fallback) ? walk(schema, treeMap(), path, found) : structuredClone(fallback);
}

function assign(result: Record<string, unknown>, key: string, value: unknown): void {
  if (value !== undefined) result[key] = value;
}

/**
 * A key that a block does not know is an error; in an open block only a likely slip is worth a warning. A key that
 * is no plain name, or has no value, may be a secret with its own key or colon gone wrong: it is not shown.
 */
function reportUnknown(
  schema: TSchema,
  value: Readonly<Record<string, Tree>>,
  path: Path,
  found: Findings,
): void {
  const known = Object.keys(schema['properties']);
  for (const key of Object.keys(value).filter((name) => !known.includes(name))) {
    const meant = nearest(
      key,
      known.filter((name) => value[name] === undefined),
    );
    const cure = meant === null ? `one of ${known.join(', ')}` : `did you mean ${meant}?`;
    if (schema['open'] !== true) {
      const shown = isPlainName(key) && (meant !== null || value[key] !== null);
      const at = shown ? [...path, key] : path;
      const what = shown ? 'is not a known key' : 'holds a key that is not known and not shown';
      found.problems.push(problemAt(at, what, cure));
    } else if (meant !== null && isPlainName(key)) {
      found.warnings.push(problemAt([...path, key], 'is not a key that is read', cure));
    }
  }
}

function walkRecord(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  if (!isTreeMap(value)) return refuse(schema, value, path, found);
  const [item]: TSchema[] = Object.values(schema['patternProperties']);
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of Object.entries(value)) {
    result[key] = item === undefined ? entry : walk(item, entry, [...path, key], found);
  }
  return result;
}

function walkArray(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  if (!isList(value)) return refuse(schema, value, path, found);
  const item: TSchema = schema['items'];
  const before = found.problems.length;
  const items = value.map((entry, index) => walk(item, entry, [...path, index], found));
  const whole = found.problems.length === before;
  return whole && !Value.Check(schema, items) ? refuse(schema, value, path, found) : items;
}

function isList(value: Tree): value is readonly Tree[] {
  return Array.isArray(value);
}

function walkNullable(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  const [block]: TSchema[] = schema['anyOf'];
  if (value === null || block === undefined) return value;
  return isTreeMap(value) ? walk(block, value, path, found) : refuse(schema, value, path, found);
}

function isDiscriminated(schema: TSchema): boolean {
  return typeof schema['discriminator'] === 'string';
}

/** The variant whose discriminator the value names, else the last one, which is open. */
function walkVariant(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  if (!isTreeMap(value)) return refuse(schema, value, path, found);
  const variants: TSchema[] = schema['anyOf'];
  const named = value[schema['discriminator']];
  const variant =
    variants.find((candidate) => candidate['properties'].type.const === named) ?? variants.at(-1);
  return variant === undefined ? undefined : walk(variant, value, path, found);
}

function walkLeaf(schema: TSchema, value: Tree, path: Path, found: Findings): unknown {
  const converted = coerce(schema, value);
  return Value.Check(schema, converted) ? converted : refuse(schema, value, path, found);
}

function refuse(schema: TSchema, value: Tree, path: Path, found: Findings): undefined {
  const { problem, cure } = describe(schema, value);
  found.problems.push(problemAt(path, problem, cure));
  return undefined;
}
