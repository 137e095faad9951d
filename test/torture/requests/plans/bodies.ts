import fc from 'fast-check';
import { type Harm, harmed, harms } from './harms.js';
import { SPECIAL, type Special } from './special-bodies.js';
import { eventTypes, values } from './values.js';

/** What a body is made of, before it is known how the match key is called. */
export interface BodyPlan {
  readonly special: Special | null;
  readonly eventType: string;
  /** As written; null leaves the match key out. */
  readonly value: string | null;
  readonly inIdentifier: readonly string[];
  readonly inEnvelope: readonly string[];
  readonly layout: Layout;
  readonly harms: readonly Harm[];
}

/** Members beside the match key; `KEY` is its name, `ESCAPED` the same name with an escape in it. */
const IN_IDENTIFIER = [
  '"other":"x"',
  '"other":null',
  '"other":[1]',
  '"class":"od"',
  '"":""',
  '"__proto__":{"KEY":"FOO"}',
  '"__proto__":"CIP"',
  '"toString":"CIP"',
  '"hasOwnProperty":1',
  '"Key":"CIP"',
  '"KEY ":"CIP"',
  '"ESCAPED":"FOO"',
  '"KEY":"FOO"',
  '"KEY":null',
  '"other":{"a":1,"a":2}',
  '"other":{"b":[{"a":1,"\\u0061":2}]}',
  '"x":1e999',
  '"x":"\\ud800"',
  '"destination":"CIP"',
  '"constructor":"CIP"',
  '"date":"20260101"',
];
const IN_ENVELOPE = [
  '"from_id":"1"',
  '"from_id":null',
  '"from_date":"2026-01-01T00:00:00Z"',
  '"from_date":null',
  '"payload":{"a":1,"a":2}',
  '"payload":[[[]]]',
  '"payload":1e308',
  '"payload":"\\u0000"',
  '"from_id":5',
  '"from_date":true',
  '"from_id":{}',
  '"x":1',
  '"__proto__":{"event_type":"open"}',
  '"constructor":{}',
  '"Event_type":"open"',
  '"event_type":"open"',
  '"\\u0065vent_type":"open"',
  '"identifier":{}',
  '"identifier":{"KEY":"CIP"}',
  '"payload":1,"payload":2',
  '"payload":1e400',
  '"event_type ":"open"',
];

/** How it is written down. */
const LAYOUTS = {
  plain: { open: '{', colon: ':', comma: ',', close: '}', isReversed: false },
  airy: { open: ' {\n', colon: ' :\t', comma: '\r\n, ', close: ' }\n', isReversed: false },
  reversed: { open: '{', colon: ':', comma: ',', close: '}', isReversed: true },
} as const;
type Layout = keyof typeof LAYOUTS;

export const bodies: fc.Arbitrary<BodyPlan> = fc.record({
  special: fc.oneof({ weight: 30, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: SPECIAL }),
  eventType: eventTypes,
  value: fc.oneof({ weight: 30, arbitrary: values }, { weight: 1, arbitrary: fc.constant(null) }),
  inIdentifier: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...IN_IDENTIFIER), { maxLength: 3 }) },
  ),
  inEnvelope: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...IN_ENVELOPE), { maxLength: 2 }) },
  ),
  layout: fc.constantFrom<Layout>('plain', 'plain', 'plain', 'airy', 'reversed'),
  harms: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(harms, { minLength: 1, maxLength: 3 }) },
  ),
});

/** The bytes of a body. @param key the name of the match key */
export function bodyOf(plan: BodyPlan, key: string): Buffer {
  if (plan.special !== null) return plan.special.bytes(plan.eventType, key);
  const text = textOf(plan).replaceAll('ESCAPED', lastLetterEscaped(key)).replaceAll('KEY', key);
  return harmed(Buffer.from(text), plan.harms);
}

const lastLetterEscaped = (key: string): string =>
  `${key.slice(0, -1)}\\u00${key.charCodeAt(key.length - 1).toString(16)}`;

function textOf({ eventType, value, inIdentifier, inEnvelope, layout }: BodyPlan): string {
  const { open, colon, comma, close, isReversed } = LAYOUTS[layout];
  const ordered = (members: string[]): string => (isReversed ? members.reverse() : members).join(comma);
  const identifier = [...(value === null ? [] : [`"KEY"${colon}${value}`]), ...inIdentifier];
  const envelope = [
    `"event_type"${colon}${eventType}`,
    `"identifier"${colon}${open}${ordered(identifier)}${close}`,
    ...inEnvelope,
  ];
  return open + ordered(envelope) + close;
}
