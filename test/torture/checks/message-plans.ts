import fc from 'fast-check';
import { field, numberField, varint } from '../protobuf/write.js';
import type { Case } from '../requests/case.js';
import { type CasePlan, casePlans } from '../requests/case.js';

/** How a request is put into a check, and what happens to its bytes. */
export interface CheckPlan {
  readonly request: CasePlan;
  /** As Envoy sends headers with `encode_raw_headers`, without it, in both places, or not at all. */
  readonly headersIn: 'raw' | 'map' | 'both' | 'none';
  readonly bodyIn: 'raw' | 'text' | 'both' | 'none';
  /** Part of the message that is left out. */
  readonly without: 'nothing' | 'attributes' | 'request' | 'http' | 'method' | 'path';
  /** `context_extensions` beside the operation. */
  readonly extensions: readonly (readonly [string, string])[];
  /** Fields nobody knows, and fields in a wrong form. */
  readonly strange: readonly Buffer[];
  readonly manyHeaders: boolean;
  readonly isTwice: boolean;
  readonly damage: readonly Damage[];
}

interface Damage {
  readonly kind: 'byte' | 'cut' | 'insert' | 'remove';
  readonly at: number;
  readonly bytes: Buffer;
}

const STRANGE = [
  numberField(99, 5),
  field(15, 'x'),
  numberField(2, 5),
  numberField(12, 1),
  Buffer.concat([varint(8 * 99 + 1), Buffer.alloc(8)]),
  Buffer.concat([varint(8 * 99 + 5), Buffer.alloc(4)]),
  Buffer.from([8 * 14 + 3, 8 * 14 + 4]),
  Buffer.from([8 * 14 + 4]),
  Buffer.from([0]),
  Buffer.from([0, 0]),
  Buffer.from([7]),
  Buffer.from([8 * 2 + 6]),
  field(13, field(1, Buffer.concat([field(1, 'authorization'), field(2, 'x')]))),
  field(3, field(1, 'x-envoy-auth-partial-body')),
];
const bytes = fc.oneof(
  fc.constantFrom(...STRANGE),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map((some) => Buffer.from(some)),
);
const damage = fc.record({
  kind: fc.constantFrom<Damage['kind']>('byte', 'byte', 'cut', 'insert', 'remove'),
  at: fc.nat(9999).map((share) => share / 10_000),
  bytes,
});
const often = <T>(usual: T, weight: number, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

export const checkPlans: fc.Arbitrary<CheckPlan> = fc.record({
  request: casePlans,
  headersIn: fc.constantFrom<CheckPlan['headersIn']>(
    'raw',
    'raw',
    'raw',
    'raw',
    'raw',
    'map',
    'map',
    'map',
    'map',
    'both',
    'both',
    'none',
  ),
  bodyIn: often<CheckPlan['bodyIn']>('raw', 15, fc.constantFrom('text', 'both', 'none')),
  without: often<CheckPlan['without']>(
    'nothing',
    20,
    fc.constantFrom('attributes', 'request', 'http', 'method', 'path'),
  ),
  extensions: often<CheckPlan['extensions']>(
    [],
    6,
    fc.array(
      fc.tuple(
        fc.constantFrom('label', 'operation', '__proto__', 'Operation'),
        fc.constantFrom('watch', 'replay', '', 'x'),
      ),
      { maxLength: 3 },
    ),
  ),
  strange: often<CheckPlan['strange']>(
    [],
    8,
    fc.array(fc.constantFrom(...STRANGE), { minLength: 1, maxLength: 2 }),
  ),
  manyHeaders: fc.nat(3999).map((one) => one === 3999),
  isTwice: fc.nat(39).map((one) => one === 39),
  damage: often<CheckPlan['damage']>([], 2, fc.array(damage, { minLength: 1, maxLength: 3 })),
});

const PLAIN = {
  headersIn: 'raw',
  bodyIn: 'raw',
  without: 'nothing',
  extensions: [],
  strange: [],
  manyHeaders: false,
  isTwice: false,
  damage: [],
} as const;

/** The bytes of a check as Envoy sends it. */
export const plainMessage = (one: Case): Buffer => checkOf(PLAIN, one);

/** The bytes of a check, damaged as planned. */
export function messageOf(plan: CheckPlan, one: Case): Buffer {
  const whole = checkOf(plan, one);
  return plan.damage.reduce(damaged, plan.isTwice ? Buffer.concat([whole, whole]) : whole);
}

type Layout = Omit<CheckPlan, 'request'>;

function checkOf(plan: Layout, one: Case): Buffer {
  const { without } = plan;
  const http = without === 'http' ? [] : [field(2, httpOf(plan, one))];
  const request = without === 'request' ? [] : [field(4, Buffer.concat(http))];
  const operation: (readonly [string, string])[] =
    one.routeOperation === null ? [] : [['operation', one.routeOperation]];
  const extensions = [...operation, ...plan.extensions].map((entry) => mapEntry(10, entry));
  return without === 'attributes' ? Buffer.alloc(0) : field(1, Buffer.concat([...request, ...extensions]));
}

function httpOf(plan: Layout, one: Case): Buffer {
  const { without, headersIn, bodyIn } = plan;
  const more = plan.manyHeaders ? MANY_HEADERS : [];
  const headers = [...one.headers, ...more];
  return Buffer.concat([
    field(1, '1234'),
    ...(without === 'method' ? [] : [field(2, one.method)]),
    ...(headersIn === 'map' || headersIn === 'both' ? headers.map((header) => mapEntry(3, header)) : []),
    ...(without === 'path' ? [] : [field(4, one.target)]),
    field(10, 'HTTP/1.1'),
    ...(bodyIn === 'text' || bodyIn === 'both' ? [field(11, one.body)] : []),
    ...(bodyIn === 'raw' || bodyIn === 'both' ? [field(12, one.body)] : []),
    ...(headersIn === 'raw' || headersIn === 'both'
      ? [field(13, Buffer.concat(headers.map(rawHeader)))]
      : []),
    ...plan.strange,
  ]);
}

const mapEntry = (number: number, [key, value]: readonly [string, string]): Buffer =>
  field(number, Buffer.concat([field(1, key), field(2, value)]));
const rawHeader = ([name, value]: readonly [string, string]): Buffer =>
  field(1, Buffer.concat([field(1, name), field(3, Buffer.from(value, 'latin1'))]));
const MANY_HEADERS = Array.from({ length: 10_000 }, (_, index) => [`x-many-${index}`, 'v'] as const);

function damaged(message: Buffer, { kind, at, bytes: some }: Damage): Buffer {
  const position = Math.floor(at * message.length);
  const [before, after] = [message.subarray(0, position), message.subarray(position)];
  switch (kind) {
    case 'byte':
      return Buffer.concat([before, some.subarray(0, 1), after.subarray(1)]);
    case 'cut':
      return before;
    case 'insert':
      return Buffer.concat([before, some, after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(some.length)]);
  }
}
