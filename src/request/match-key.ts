import type { MatchRule } from '../domain/match-rule.js';
import { asDestination, type Destination } from '../domain/names.js';
import { fail, ok, type Result, unreachable } from '../domain/result.js';
import { JsonNumber, type JsonValue } from '../json/strict-json.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const INT64_DIGITS = 19;
const WILDCARD = '*';

/**
 * The canonical value of the match key, by its schema rule (contract section 2, "Canonical value").
 *
 * Fails with a sentence for the client. Stricter than Aviso on purpose: only a JSON string, or for `IntHandler` a safe
 * integer written plainly, and never `*`, which in Aviso's topics means every destination.
 */
export function canonicalMatchKey(rule: MatchRule, value: JsonValue): Result<Destination, string> {
  const text = scalarText(rule, value);
  if (text === null) return fail('it must be a JSON string');
  const canonical = canonicalText(rule, text);
  if (!canonical.ok) return canonical;
  if (canonical.value === WILDCARD) return fail('it must name one destination, not the wildcard');
  return ok(asDestination(canonical.value));
}

function scalarText(rule: MatchRule, value: JsonValue): string | null {
  if (typeof value === 'string') return value;
  if (rule.type !== 'IntHandler' || !(value instanceof JsonNumber)) return null;
  const plain = /^(?:0|-?[1-9][0-9]*)$/.test(value.lexeme);
  return plain && Number.isSafeInteger(Number(value.lexeme)) ? value.lexeme : null;
}

function canonicalText(rule: MatchRule, text: string): Result<string, string> {
  switch (rule.type) {
    case 'StringHandler':
      return canonicalString(text, rule.max_length);
    case 'EnumHandler':
      return canonicalEnum(text, rule.values);
    case 'IntHandler':
      return canonicalInt(text, rule.range);
    default:
      return unreachable(rule);
  }
}

function canonicalString(text: string, maxLength: number | null): Result<string, string> {
  if (text === '') return fail('it must not be empty');
  if (maxLength !== null && Buffer.byteLength(text) > maxLength) {
    return fail(`it must not be longer than ${maxLength} bytes`);
  }
  return ok(text);
}

function canonicalEnum(text: string, values: readonly string[]): Result<string, string> {
  const lower = text.toLowerCase();
  return values.some((value) => value.toLowerCase() === lower)
    ? ok(lower)
    : fail('it is not one of the values the schema allows');
}

function canonicalInt(text: string, range: readonly [bigint, bigint] | null): Result<string, string> {
  if (!/^[+-]?[0-9]+$/.test(text)) return fail('it must be a 64-bit integer');
  const digits = text.replace(/^[+-]/, '').replace(/^0+(?=[0-9])/, '');
  if (digits.length > INT64_DIGITS) return fail('it must be a 64-bit integer');
  const number = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  if (number < INT64_MIN || number > INT64_MAX) return fail('it must be a 64-bit integer');
  if (range !== null && (number < range[0] || number > range[1])) {
    return fail('it is outside the range the schema allows');
  }
  return ok(number.toString());
}
