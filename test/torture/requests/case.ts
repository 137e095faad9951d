import fc from 'fast-check';
import type { SentRequest } from '../reference/sent-request.js';
import { type BodyPlan, bodies, bodyOf } from './plans/bodies.js';
import { telling, timeouts } from './plans/headers.js';
import { type PersonPlan, people, type TokenShop } from './plans/people.js';
import { anyMethods, targets } from './plans/targets.js';
import { MATCH_KEYS, WORLDS, type WorldName } from './world/truth.js';

/** A whole request, as a plan: what chance decided, and small enough to be told. */
export interface CasePlan {
  readonly world: WorldName;
  readonly method: string;
  readonly target: string;
  readonly person: PersonPlan;
  readonly headers: readonly Header[];
  readonly timeouts: readonly Header[];
  readonly body: BodyPlan;
  /** Asked as Envoy asks. */
  readonly isEnvoy: boolean;
  /** The operation of the proxy's route, and whether it is too late: not to be seen over HTTP. */
  readonly routeOperation: string | null;
  readonly isLate: boolean;
}
const ENVOY_PREFIX = '/envoy';
type Header = readonly [name: string, value: string];

export const casePlans: fc.Arbitrary<CasePlan> = fc.record({
  world: fc.constantFrom(...WORLDS),
  method: anyMethods,
  target: targets,
  person: people,
  headers: telling,
  timeouts,
  body: bodies,
  isEnvoy: fc.boolean(),
  routeOperation: fc.oneof(
    { weight: 30, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constant('watch') },
    { weight: 1, arbitrary: fc.constantFrom('replay', '', 'Watch', 'constructor', 'ungated') },
  ),
  isLate: fc.nat(49).map((one) => one === 49),
});

/** A request as it is sent. */
export interface Case {
  readonly world: WorldName;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
  readonly routeOperation: string | null;
  readonly isLate: boolean;
}

export const caseOf = (plan: CasePlan, shop: TokenShop): Case => ({
  world: plan.world,
  method: plan.method,
  target: plan.isEnvoy ? `${ENVOY_PREFIX}${plan.target}` : plan.target,
  headers: [
    ...shop.authorization(plan.person).map((value): Header => ['Authorization', value]),
    ...plan.headers,
    ...plan.timeouts,
  ],
  body: bodyOf(plan.body, MATCH_KEYS[plan.world]),
  routeOperation: plan.routeOperation,
  isLate: plan.isLate,
});

/** The request as the gateway would get it: what comes under Envoy's prefix goes on without it (contract section 6). */
export const sentTo = (one: Case, isOverHttp: boolean): SentRequest => ({
  method: one.method,
  target: isForEnvoy(one) ? one.target.slice(ENVOY_PREFIX.length) : one.target,
  headers: one.headers,
  body: one.body,
  routeOperation: isOverHttp ? null : one.routeOperation,
  isLate: !isOverHttp && one.isLate,
});

export const isForEnvoy = ({ target }: Case): boolean => target.startsWith(`${ENVOY_PREFIX}/`);

/** A case for people, without its token. */
export function told(
  { world, method, target, body, routeOperation, isLate }: Case,
  { person, headers, timeouts: patience }: CasePlan,
): string {
  const text =
    body.length > 400
      ? `${body.subarray(0, 200).toString('latin1')}… (${body.length} bytes)`
      : body.toString('latin1');
  const extra = [...headers, ...patience].map(([name, value]) => `${name}: ${value}`);
  const beside = `${routeOperation === null ? '' : ` on a route for ${JSON.stringify(routeOperation)}`}${isLate ? ', too late' : ''}`;
  return `${world}: ${JSON.stringify(`${method} ${target}`)} of ${JSON.stringify(person)} with ${JSON.stringify(extra)} and ${JSON.stringify(text)}${beside}`;
}

/** What was sent, for the digest. */
export const digestOf = (one: Case): string =>
  `${one.world} ${one.method} ${one.target} ${JSON.stringify(one.headers)} ${one.routeOperation} ${one.isLate} ${one.body.length > 4096 ? one.body.length : one.body.toString('latin1')}`;
