import type { Json } from './json.js';

/** The rule of the match key in a schema (contract section 2, "Canonical value"). */
export type Rule =
  | { readonly type: 'StringHandler'; readonly max_length?: number }
  | { readonly type: 'EnumHandler'; readonly values: readonly string[] }
  | { readonly type: 'IntHandler'; readonly range?: readonly [bigint, bigint] };

/** What a value may rightly come to: a destination, or null for a refusal. More than one where the contract leaves it open. */
export type Canonical = readonly (string | null)[];

const REFUSED: Canonical = [null];
const [INT64_MIN, INT64_MAX] = [-9223372036854775808n, 9223372036854775807n];
const INT64_DIGITS = 19;

export function canonicalOf(rule: Rule, value: Json): Canonical {
  if (value.type === 'number' && rule.type === 'IntHandler') return plainNumber(rule, value.lexeme);
  if (value.type !== 'string' || value.text === '*') return REFUSED;
  switch (rule.type) {
    case 'StringHandler':
      return stringOf(value.text, rule.max_length);
    case 'EnumHandler':
      return enumOf(value.text, rule.values);
    case 'IntHandler':
      return [intOf(value.text, rule.range)];
  }
}

function stringOf(text: string, maxLength: number | undefined): Canonical {
  const bytes = new TextEncoder().encode(text).length;
  return bytes === 0 || (maxLength !== undefined && bytes > maxLength) ? REFUSED : [text];
}

/** Case beyond ASCII is not pinned: folding it as Unicode does, and not at all, are both right. */
function enumOf(text: string, values: readonly string[]): Canonical {
  const lower = asciiLower(text);
  if (values.some((value) => asciiLower(value) === lower))
    return isAscii(text) ? [lower] : unicode(text, values);
  return isAscii(text) ? REFUSED : unicode(text, values);
}

function unicode(text: string, values: readonly string[]): Canonical {
  const lower = text.toLowerCase();
  return values.some((value) => value.toLowerCase() === lower) ? [lower, null] : REFUSED;
}

const isAscii = (text: string): boolean => [...text].every((char) => char.charCodeAt(0) < 0x80);
const asciiLower = (text: string): string =>
  [...text]
    .map((char) => (char >= 'A' && char <= 'Z' ? String.fromCharCode(char.charCodeAt(0) + 32) : char))
    .join('');

/** A safe integer, written plainly. Whether minus zero is plain is not said. */
function plainNumber(rule: Extract<Rule, { type: 'IntHandler' }>, lexeme: string): Canonical {
  if (lexeme === '-0') return [intOf('0', rule.range), null];
  if (!/^-?[0-9]+$/.test(lexeme) || !Number.isSafeInteger(Number(lexeme))) return REFUSED;
  return [intOf(lexeme, rule.range)];
}

function intOf(text: string, range: readonly [bigint, bigint] | undefined): string | null {
  let at = text[0] === '+' || text[0] === '-' ? 1 : 0;
  if (at === text.length) return null;
  while (text[at] === '0' && at < text.length - 1) at += 1;
  const digits = text.slice(at);
  if (digits.length > INT64_DIGITS) return null;
  if ([...digits].some((digit) => digit < '0' || digit > '9')) return null;
  const number = text[0] === '-' ? -BigInt(digits) : BigInt(digits);
  const [low, high] = range ?? [INT64_MIN, INT64_MAX];
  return number < INT64_MIN || number > INT64_MAX || number < low || number > high ? null : `${number}`;
}
