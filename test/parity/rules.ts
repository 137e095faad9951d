import { JsonNumber, JsonObject, type JsonValue, readStrictJson } from '../../src/json/strict-json.js';
import type { WireRequest } from './corpus.js';
import type { WireAnswer } from './wire.js';

/** What may come of asking Aviso and the sidecar the same thing. */
export type Comparison =
  | { readonly kind: 'agree' }
  /** The sidecar refuses what Aviso allows, for a reason that contract section 2 lists. */
  | { readonly kind: 'stricter'; readonly reason: string }
  /** The sidecar allows what Aviso then answers with 400 for fields that are its own to refuse. */
  | { readonly kind: 'left_to_aviso' }
  | { readonly kind: 'violation'; readonly what: 'allowed_but_refused_there' | 'refused_but_allowed_there' };

const OWN_TO_REFUSE = ['INVALID_WATCH_REQUEST', 'INVALID_REPLAY_REQUEST'];
const GATED_PATH = /^\/api\/v1\/(watch|replay)$/;

export function compare(request: WireRequest, aviso: WireAnswer, sidecar: WireAnswer): Comparison {
  const [there, here] = [aviso.status === 200, sidecar.status === 200];
  if (there === here) return { kind: 'agree' };
  if (here)
    return isLeftToAviso(request, aviso) ? { kind: 'left_to_aviso' } : violation('allowed_but_refused_there');
  const reason = stricterReason(request);
  return reason === null ? violation('refused_but_allowed_there') : { kind: 'stricter', reason };
}

const violation = (what: 'allowed_but_refused_there' | 'refused_but_allowed_there'): Comparison => ({
  kind: 'violation',
  what,
});

function isLeftToAviso(request: WireRequest, aviso: WireAnswer): boolean {
  if (request.isMatchKeyOnly) return false;
  const isGated = GATED_PATH.test(decodeURIComponentOrSame(request.path.split('?', 1)[0] ?? ''));
  return !isGated || (aviso.status === 400 && OWN_TO_REFUSE.includes(aviso.code ?? ''));
}

function decodeURIComponentOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Why the sidecar may refuse a request that Aviso allows (contract section 2, "Stricter than Aviso on purpose"). */
export function stricterReason(request: WireRequest): string | null {
  return headerReason(request) ?? bodyReason(Buffer.from(request.body, 'base64')) ?? tokenReason(request);
}

const valuesOf = (request: WireRequest, wanted: string): string[] =>
  request.headers.filter(([name]) => name === wanted).map(([, value]) => value);

function headerReason(request: WireRequest): string | null {
  const authorization = valuesOf(request, 'authorization');
  if (authorization.length > 1 || authorization.some((value) => value.includes(',')))
    return 'several credentials';
  const encodings = valuesOf(request, 'content-encoding').filter((value) => !/^(identity)?$/i.test(value));
  return encodings.length > 0 ? 'content encoding' : null;
}

function bodyReason(body: Buffer): string | null {
  const json = readStrictJson(body);
  if (!json.ok) return null;
  if (Array.isArray(json.value)) return 'positional envelope';
  if (!(json.value instanceof JsonObject)) return null;
  const identifier = json.value.members.get('identifier');
  if (json.value.repeated || hasRepeated(identifier)) return 'repeated key';
  const value = identifier instanceof JsonObject ? identifier.members.get('destination') : undefined;
  if (value === '*') return 'wildcard';
  if (value !== undefined && typeof value !== 'string' && !isPlainInteger(value))
    return 'match key not a string';
  const numbered = ['numbered', 'anyint'].includes(String(json.value.members.get('event_type')));
  return value instanceof JsonNumber && !numbered ? 'match key not a string' : null;
}

const isPlainInteger = (value: JsonValue): boolean =>
  value instanceof JsonNumber &&
  /^-?[0-9]+$/.test(value.lexeme) &&
  Number.isSafeInteger(Number(value.lexeme));

function hasRepeated(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasRepeated);
  return value instanceof JsonObject && (value.repeated || [...value.members.values()].some(hasRepeated));
}

/** Tokens: `crit`, an embedded key, repeated members, an empty user, and claims that are not strict JSON. */
function tokenReason(request: WireRequest): string | null {
  const [header = '', payload = ''] = (valuesOf(request, 'authorization')[0] ?? '')
    .replace(/^\S+\s+/, '')
    .split('.');
  const [head, claims] = [header, payload].map((part) => readStrictJson(Buffer.from(part, 'base64url')));
  if (head?.ok !== true || claims?.ok !== true) return 'token not strict JSON';
  if (!(head.value instanceof JsonObject) || !(claims.value instanceof JsonObject)) return null;
  if (head.value.members.has('crit')) return 'crit';
  if (head.value.members.get('jwk') instanceof JsonObject) return 'embedded key';
  if (head.value.repeated || claims.value.repeated) return 'repeated claim or header member';
  return claims.value.members.get('username') === '' ? 'empty user name' : null;
}
