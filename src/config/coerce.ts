import { Kind, type TSchema } from '@sinclair/typebox';
import type { Tree } from './tree.js';

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/**
 * The value as the schema's type, where Aviso's reader would also take it so: texts for booleans and numbers (all
 * that the environment can hold) and whole numbers for texts. Anything else is left as it is, to be refused.
 */
export function coerce(schema: TSchema, value: Tree): unknown {
  switch (schema[Kind]) {
    case 'Boolean':
      return toBoolean(value);
    case 'Integer':
      return toWhole(value);
    case 'Number':
      return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : toWhole(value);
    case 'BigInt':
      return typeof value === 'string' && isWhole(value) ? BigInt(value) : value;
    case 'String':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? String(value) : value;
    default:
      return value;
  }
}

function toBoolean(value: Tree): unknown {
  const text = typeof value === 'string' || typeof value === 'bigint' ? String(value).toLowerCase() : null;
  if (text === null) return value;
  if (TRUE.includes(text)) return true;
  return FALSE.includes(text) ? false : value;
}

function toWhole(value: Tree): unknown {
  const whole = typeof value === 'bigint' || (typeof value === 'string' && isWhole(value));
  if (!whole) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const DECIMAL = /^-?[0-9]{1,15}\.[0-9]{1,15}$/;

function isWhole(text: string): boolean {
  return /^-?[0-9]{1,40}$/.test(text);
}
