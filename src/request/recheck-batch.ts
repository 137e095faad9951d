import type { RecheckPair } from '../domain/recheck.js';
import { fail, ok, type Result } from '../domain/result.js';
import { JsonObject, type JsonValue, readStrictJson } from '../json/strict-json.js';

/** The most pairs of one batch. */
export const MAX_PAIRS = 1000;

const FIELDS = ['username', 'realm', 'issuer', 'destination'] as const;
type Field = (typeof FIELDS)[number];

/**
 * Reads the body of `POST /recheck`: an array of `{"username", "realm", "destination"}`, and `issuer` for users of a key
 * provider; `realm` and `issuer` may be null or left out. Fails with what is wrong, naming the position.
 */
export function readRecheckBatch(body: Uint8Array): Result<readonly RecheckPair[], string> {
  const json = readStrictJson(body);
  if (!json.ok) return fail(`the body is not valid JSON: ${json.failure}`);
  if (!Array.isArray(json.value)) return fail('the body must be an array of objects');
  if (json.value.length === 0 || json.value.length > MAX_PAIRS) {
    return fail(`the body must hold 1 to ${MAX_PAIRS} objects, and holds ${json.value.length}`);
  }
  const pairs: RecheckPair[] = [];
  for (const [index, value] of json.value.entries()) {
    const pair = readPair(value);
    if (!pair.ok) return fail(`[${index}]: ${pair.failure}`);
    pairs.push(pair.value);
  }
  return ok(pairs);
}

/** Reads the body of `POST /explain`: one such object. Fails with what is wrong. */
export function readExplainQuestion(body: Uint8Array): Result<RecheckPair, string> {
  const json = readStrictJson(body);
  return json.ok ? readPair(json.value) : fail(`the body is not valid JSON: ${json.failure}`);
}

function readPair(value: JsonValue): Result<RecheckPair, string> {
  if (!(value instanceof JsonObject)) return fail('must be an object');
  if (value.repeated) return fail('a field is given more than once');
  const { members } = value;
  if (![...members.keys()].every(isField)) return fail(`may have ${FIELDS.join(', ')} only`);
  const [username, realm, issuer, destination] = FIELDS.map((field) => members.get(field) ?? null);
  if (typeof username !== 'string' || username === '') return fail('username must be a text, not empty');
  if (typeof destination !== 'string' || destination === '') {
    return fail('destination must be a text, not empty');
  }
  if (!isTextOrNull(realm)) return fail('realm must be a text or null');
  if (!isTextOrNull(issuer)) return fail('issuer must be a text or null');
  return ok({ username, realm, issuer, destination });
}

const isField = (name: string): name is Field => FIELDS.some((field) => field === name);

const isTextOrNull = (value: JsonValue | undefined): value is string | null =>
  value === null || typeof value === 'string';
