import type { InvalidCode } from '../domain/decision.js';
import { asEventType, type EventType } from '../domain/names.js';
import { fail, ok, type Result } from '../domain/result.js';
import { JsonObject, type JsonValue, readStrictJson } from '../json/strict-json.js';

/** What of a watch or replay body concerns us. The rest is Aviso's to refuse. */
export interface Envelope {
  readonly eventType: EventType;
  readonly identifier: JsonObject;
}

/** A refusal of the body: the contract's code and a sentence for the client. */
export interface InvalidBody {
  readonly code: InvalidCode;
  readonly message: string;
}

/** Bytes that Aviso reads of a body before it answers 413. */
export const MAX_BODY_BYTES = 262_144;

const KNOWN_FIELDS = new Set(['event_type', 'identifier', 'from_id', 'from_date', 'payload']);

/** Reads a request body as strictly as Aviso does, or more (contract section 2, "Body"). */
export function readEnvelope(body: Uint8Array): Result<Envelope, InvalidBody> {
  if (body.byteLength > MAX_BODY_BYTES) {
    return invalid('PAYLOAD_TOO_LARGE', `the request body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  const json = readStrictJson(body);
  if (!json.ok) return invalid('INVALID_JSON', `the request body is not valid JSON: ${json.failure}`);
  if (!(json.value instanceof JsonObject)) return badShape('the request body must be a JSON object');
  return readMembers(json.value);
}

function readMembers(envelope: JsonObject): Result<Envelope, InvalidBody> {
  const { members } = envelope;
  for (const name of members.keys()) {
    if (!KNOWN_FIELDS.has(name)) {
      return invalid('UNKNOWN_FIELD', `the request body may have ${[...KNOWN_FIELDS].join(', ')} only`);
    }
  }
  const eventType = members.get('event_type');
  const identifier = members.get('identifier');
  if (typeof eventType !== 'string') return badShape('event_type must be a string');
  if (!(identifier instanceof JsonObject)) return badShape('identifier must be an object');
  if (!isOptionalString(members.get('from_id'))) return badShape('from_id must be a string or null');
  if (!isOptionalString(members.get('from_date'))) return badShape('from_date must be a string or null');
  if (envelope.repeated || hasRepeated(identifier)) return badShape('a field is given more than once');
  return ok({ eventType: asEventType(eventType), identifier });
}

const isOptionalString = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || typeof value === 'string';

/** True when a member name is repeated in the value or anywhere below it. */
function hasRepeated(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(hasRepeated);
  if (!(value instanceof JsonObject)) return false;
  return value.repeated || [...value.members.values()].some(hasRepeated);
}

const invalid = (code: InvalidCode, message: string) => fail({ code, message });
const badShape = (message: string) => invalid('INVALID_REQUEST_SHAPE', message);
