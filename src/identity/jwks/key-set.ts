import { fail, ok, type Result } from '../../domain/result.js';
import type { SignatureAlgorithm } from '../../domain/signature-algorithm.js';
import { JsonObject, readStrictJson } from '../../json/strict-json.js';
import { type ReadKey, readKey, type VerificationKey } from './key.js';

/** The keys of one provider, never none. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  /** Why other keys of the set are not among them, one reason each. */
  readonly skipped: readonly string[];
}

/** The most keys of a set; one with more is refused whole. Real ones have fewer than ten. */
export const MAX_KEYS = 100;

export interface KeySetFailure {
  readonly outcome: 'invalid_response' | 'no_usable_keys';
  /** The end of a sentence about the set; it quotes nothing of it. */
  readonly error: string;
}

/**
 * Reads a JWK Set (RFC 7517), whole or not at all.
 *
 * A key that is sound but not to be used (weak, private, symmetric, for encryption, of an unknown type) is left out, so
 * that tokens of it are refused from now on; keeping the former set instead would go on trusting it. Anything that is
 * not sound makes the whole set a failure: what cannot be read may be cut short, and a part is not stored.
 */
export async function readKeySet(
  body: Uint8Array,
  algorithms: readonly SignatureAlgorithm[],
): Promise<Result<KeySet, KeySetFailure>> {
  const json = readStrictJson(body);
  if (!json.ok) return invalid('is not JSON');
  if (!(json.value instanceof JsonObject) || json.value.repeats(['keys']))
    return invalid('is no set of keys');
  const entries = json.value.members.get('keys');
  if (!Array.isArray(entries)) return invalid('is no set of keys');
  if (entries.length > MAX_KEYS) return invalid(`holds more than ${MAX_KEYS} keys`);
  const read = await Promise.all(entries.map((entry) => readKey(entry, algorithms)));
  return fromKeys(read);
}

function fromKeys(read: readonly ReadKey[]): Result<KeySet, KeySetFailure> {
  const keys: VerificationKey[] = [];
  const skipped: string[] = [];
  for (const entry of read) {
    if (entry.kind === 'malformed') return invalid(`holds a key that ${entry.reason}`);
    if (entry.kind === 'usable') keys.push(entry.key);
    else skipped.push(entry.reason);
  }
  const names = new Set(keys.map(({ kid, family }) => JSON.stringify([kid, family])));
  const named = keys.filter(({ kid }) => kid !== null);
  const distinct = [...names].filter((name) => !name.startsWith('[null')).length;
  if (distinct < named.length) return invalid('holds two keys with one id');
  if (keys.length > 0) return ok({ keys, skipped });
  const why = skipped.length === 0 ? 'is empty' : `has no usable key: ${[...new Set(skipped)].join(', ')}`;
  return fail({ outcome: 'no_usable_keys', error: why });
}

const invalid = (error: string): Result<KeySet, KeySetFailure> =>
  fail({ outcome: 'invalid_response', error });

/** What looking for the key of a token comes to. `misfit`: its id is known, but the key is for other algorithms. */
export type Found =
  | { readonly kind: 'found'; readonly key: VerificationKey }
  | { readonly kind: 'misfit' }
  | { readonly kind: 'unknown' };

/**
 * The one key of a set that fits a token's header.
 *
 * A token without `kid` is taken when exactly one key of the set fits its algorithm: trying several until one verifies
 * would let whoever publishes keys decide by their number what a check costs.
 */
export function findKey({ keys }: KeySet, kid: string | null, algorithm: SignatureAlgorithm): Found {
  const candidates = kid === null ? keys : keys.filter((key) => key.kid === kid);
  const fitting = candidates.filter(({ material }) => material.has(algorithm));
  const [key] = fitting;
  if (key !== undefined && fitting.length === 1) return { kind: 'found', key };
  return candidates.length === 0 || (kid === null && fitting.length === 0)
    ? { kind: 'unknown' }
    : { kind: 'misfit' };
}
