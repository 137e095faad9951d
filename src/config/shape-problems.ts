import { Kind, type TSchema } from '@sinclair/typebox';
import { coerce } from './coerce.js';
import { nearest } from './suggest.js';
import { isTreeMap, type Tree } from './tree.js';

/** Why a value does not fit its schema, and what would. It never repeats the value: that may be a secret. */
export function describe(schema: TSchema, value: Tree): { problem: string; cure: string } {
  const must: unknown = schema['must'];
  const cure = typeof must === 'string' ? must : (KINDS.get(schema[Kind]) ?? 'another value');
  const meant = meantLiteral(schema, value);
  return {
    problem: problemOf(schema, value),
    cure: meant === null ? cure : `${cure}; did you mean ${meant}?`,
  };
}

/** What a schema wants, in the words of `nameOf`. */
const KINDS = new Map([
  ['Object', 'a map'],
  ['Record', 'a map'],
  ['Array', 'a list'],
  ['String', 'a text'],
  ['Boolean', '`true` or `false`'],
  ['Integer', 'a whole number'],
  ['Number', 'a number'],
  ['BigInt', 'a whole number'],
]);

function problemOf(schema: TSchema, value: Tree): string {
  const wanted = KINDS.get(schema[Kind]);
  const given = nameOf(value);
  if (wanted === undefined) return typeof value === 'string' ? 'is not a known value' : `is ${given}`;
  const kind = nameOf(asTree(coerce(schema, value)));
  const fits = kind === wanted || (kind === 'a whole number' && wanted === 'a number');
  if (fits) return wanted === 'a list' ? 'has the wrong number of items' : 'is out of range';
  const unquoted = wanted === 'a text' && typeof value !== 'object' ? ' (put it in quotes)' : '';
  return `is ${given}, not ${wanted}${unquoted}`;
}

function asTree(value: unknown): Tree {
  const simple = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
  return simple || typeof value === 'boolean' || isTreeMap(value)
    ? value
    : Array.isArray(value)
      ? value
      : null;
}

function nameOf(value: Tree): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'boolean':
      return '`true` or `false`';
    case 'number':
      return Number.isInteger(value) ? 'a whole number' : 'a number';
    case 'bigint':
      return 'a whole number';
    default:
      return 'a map';
  }
}

/** The literal that a mistyped one most likely stands for. */
function meantLiteral(schema: TSchema, value: Tree): string | null {
  const variants: unknown = schema['anyOf'];
  if (typeof value !== 'string' || !Array.isArray(variants)) return null;
  return nearest(
    value,
    variants.map((variant: TSchema) => variant['const']).filter((name) => typeof name === 'string'),
  );
}
