import {
  isNothing,
  type Json,
  type JsonObject,
  memberOf,
  readJson,
  repeatsAnywhere,
  repeatsMember,
  textOf,
} from './json.js';
import { headerValues, type SentRequest } from './sent-request.js';
import type { Verdict } from './verdict.js';

/** What a watch or replay asks. `matchKey` is undefined where the identifier has none. */
export interface Question {
  readonly eventType: string;
  readonly matchKey: Json | undefined;
}

/** A body and what is wrong with it: with faults there is no question. `mayBe`: refusals that are right as well. */
export interface Body {
  readonly question: Question | null;
  readonly faults: readonly Verdict[];
  readonly mayBe: readonly Verdict[];
}

const MAX_BYTES = 262_144;
const FIELDS = ['event_type', 'identifier', 'from_id', 'from_date', 'payload'];

/** Contract section 2, "Body", and "Stricter than Aviso on purpose". */
export function readBody(request: SentRequest, matchKey: string): Body {
  const outer = [partial(request), encoded(request)];
  const mayBe = outer.flatMap(({ open }) => open);
  const faults = outer.flatMap(({ sure }) => sure);
  if (request.body.length > MAX_BYTES) faults.push('413 PAYLOAD_TOO_LARGE');
  if (faults.length > 0) return { question: null, faults, mayBe };
  const json = readJson(request.body);
  if (json === null) return { question: null, faults: ['400 INVALID_JSON'], mayBe };
  if (json.isDoubtful) mayBe.push('400 INVALID_JSON');
  const shape = shapeFaults(json.value);
  if (shape.length > 0 || json.value.type !== 'object') return { question: null, faults: shape, mayBe };
  return { question: questionIn(json.value, matchKey), faults: [], mayBe };
}

interface Outer {
  readonly sure: Verdict[];
  readonly open: Verdict[];
}
const FINE: Outer = { sure: [], open: [] };

/** `true` says that the proxy cut the body off. What else but `false` says it is not pinned. */
function partial(request: SentRequest): Outer {
  const values = headerValues(request, 'x-envoy-auth-partial-body').map((value) =>
    value.trim().toLowerCase(),
  );
  if (values.includes('true')) return { sure: ['413 PAYLOAD_TOO_LARGE'], open: [] };
  return values.every((value) => value === 'false') ? FINE : { sure: [], open: ['413 PAYLOAD_TOO_LARGE'] };
}

/** Anything but `identity`. Whether a list that says nothing else is one is not pinned. */
function encoded(request: SentRequest): Outer {
  const values = headerValues(request, 'content-encoding');
  const codings = values.flatMap((value) => value.split(',')).map((coding) => coding.trim().toLowerCase());
  if (codings.some((coding) => coding !== '' && coding !== 'identity')) {
    return { sure: ['415 UNSUPPORTED_MEDIA_TYPE'], open: [] };
  }
  return codings.length > 1 ? { sure: [], open: ['415 UNSUPPORTED_MEDIA_TYPE'] } : FINE;
}

/** Every fault of shape: which of several is named is not pinned. */
function shapeFaults(value: Json): Verdict[] {
  if (value.type !== 'object') return ['400 INVALID_REQUEST_SHAPE'];
  const faults: Verdict[] = [];
  if (value.entries.some(([name]) => !FIELDS.includes(name))) faults.push('400 UNKNOWN_FIELD');
  const identifier = memberOf(value, 'identifier');
  const isSound =
    textOf(memberOf(value, 'event_type')) !== undefined &&
    identifier?.type === 'object' &&
    !repeatsMember(value) &&
    !repeatsAnywhere(identifier) &&
    ['from_id', 'from_date'].every((name) => isTextOrNothing(memberOf(value, name)));
  if (!isSound) faults.push('400 INVALID_REQUEST_SHAPE');
  return faults;
}

const isTextOrNothing = (value: Json | undefined): boolean => isNothing(value) || value?.type === 'string';

function questionIn(envelope: JsonObject, matchKey: string): Question {
  const identifier = memberOf(envelope, 'identifier');
  return {
    eventType: textOf(memberOf(envelope, 'event_type')) ?? '',
    matchKey: identifier?.type === 'object' ? memberOf(identifier, matchKey) : undefined,
  };
}
