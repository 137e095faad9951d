import type { Decision } from '../domain/decision.js';
import { asEventType, type EventType } from '../domain/names.js';
import type { AuthzRequest } from '../domain/request.js';
import { fail, ok, type Result } from '../domain/result.js';
import { ownCopy } from '../json/own-copy.js';
import { JsonNumber, type JsonValue } from '../json/strict-json.js';
import { readEnvelope } from './envelope.js';

/** What a watch or replay request asks: all that is kept of its body. */
export interface Question {
  readonly eventType: EventType;
  /** The match key's value as it was written, undefined when the request has none, null when it is no scalar. */
  readonly matchKey: JsonValue | undefined;
}

const EMPTY = Buffer.alloc(0);

/**
 * Reads what a gated request asks, and lets go of its body: a request may wait for ECPDS for long, and must not hold
 * 256 KB meanwhile. Fails with the refusal of what is too large, encoded, cut off or malformed (contract section 2).
 *
 * @param matchKey `ecpds.match_key`, or null when nothing is gated by destination
 */
export function readQuestion(request: AuthzRequest, matchKey: string | null): Result<Question, Decision> {
  const { body } = request;
  request.body = EMPTY;
  if (request.partialBody) {
    return invalid('PAYLOAD_TOO_LARGE', 'the request body was cut off on its way here');
  }
  if (!isIdentityCoding(request.contentEncoding)) {
    return invalid('UNSUPPORTED_MEDIA_TYPE', 'send the request body without a Content-Encoding');
  }
  const envelope = readEnvelope(body);
  if (!envelope.ok) return fail({ kind: 'invalid', ...envelope.failure });
  const { eventType, identifier } = envelope.value;
  const value = matchKey === null ? undefined : identifier.members.get(matchKey);
  return ok({ eventType: asEventType(ownCopy(eventType)), matchKey: scalarOf(value) });
}

const invalid = (code: 'PAYLOAD_TOO_LARGE' | 'UNSUPPORTED_MEDIA_TYPE', message: string) =>
  fail({ kind: 'invalid', code, message } as const);

const isIdentityCoding = (coding: string | null): boolean =>
  coding === null || ['', 'identity'].includes(coding.trim().toLowerCase());

function scalarOf(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string') return ownCopy(value);
  if (value instanceof JsonNumber) return new JsonNumber(ownCopy(value.lexeme));
  return typeof value === 'object' ? null : value;
}
