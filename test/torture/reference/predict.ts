import { type Body, readBody } from './body.js';
import { canonicalOf } from './canonical.js';
import { identitiesOf, type Who } from './identity.js';
import { routeTruth } from './route.js';
import { asked, headerValues, type SentRequest } from './sent-request.js';
import type { Verdict } from './verdict.js';
import type { Roles, Truth } from './world.js';

/** What may rightly come of a request: one verdict, or several where the contract leaves it open. */
export type Prediction = ReadonlySet<Verdict>;

/** Predicts a decision by the contract alone; nothing of the sidecar's own code is asked. */
export function predict(request: SentRequest, truth: Truth): Prediction {
  const route = routeTruth(request.method, request.target);
  const isGated = route === 'watch' || route === 'replay';
  if (request.routeOperation !== null && !(isGated && request.routeOperation === route)) {
    return new Set(
      route === 'none' || route === 'open' ? ['404 NOT_FOUND', '500 INTERNAL_ERROR'] : ['500 INTERNAL_ERROR'],
    );
  }
  if (route === 'none') return new Set(['404 NOT_FOUND']);
  if (route === 'open') return new Set(['404 NOT_FOUND', '200 not_gated']);
  if (route === 'ungated') return new Set(['200 not_gated']);
  const verdicts = readVerdicts(request, truth);
  return request.isLate ? inTimeOnly(verdicts) : verdicts;
}

/** After its deadline nothing is allowed, and 503 is always right. */
const inTimeOnly = (verdicts: Prediction): Prediction =>
  new Set<Verdict>([
    ...[...verdicts].filter((verdict) => !verdict.startsWith('200')),
    '503 SERVICE_UNAVAILABLE',
  ]);

function readVerdicts(request: SentRequest, truth: Truth): Prediction {
  const body = readBody(request, truth.matchKey);
  const identities = identitiesOf(headerValues(request, 'authorization'), truth);
  const refusals = identities.some(({ kind }) => kind === 'refused') ? (['401 UNAUTHORIZED'] as const) : [];
  if (asked(body)) {
    const verdicts = identities.flatMap((who) => policyVerdicts(body.question, who, truth));
    return new Set<Verdict>([...body.mayBe, ...refusals, ...verdicts]);
  }
  // Which of the two is looked at first is open as long as nothing is allowed.
  return new Set<Verdict>([...body.mayBe, ...body.faults, ...refusals]);
}

function policyVerdicts(
  { eventType, matchKey }: Body['question'] & object,
  who: Who,
  truth: Truth,
): readonly Verdict[] {
  if (who.kind === 'refused') return [];
  const gate = truth.eventTypes.get(eventType);
  if (gate === undefined) return [truth.isStrict ? '400 UNKNOWN_EVENT_TYPE' : '200 not_gated'];
  if (!gate.required) return ['200 not_gated'];
  if (who.kind === 'anonymous') return ['401 UNAUTHORIZED'];
  const isAdmin = holds(who, truth.adminRoles);
  if (gate.readRoles !== null && !isAdmin && !holds(who, gate.readRoles)) return ['403 by role'];
  if (gate.rule === null) return ['200 not_gated'];
  if (matchKey === undefined) return [keyless(isAdmin, who)];
  return canonicalOf(gate.rule, matchKey).map((destination) => checked(destination, isAdmin, who, truth));
}

type User = Extract<Who, { kind: 'user' }>;

function keyless(isAdmin: boolean, who: User): Verdict {
  if (isAdmin) return '200 admin_bypass';
  return who.isKnownToEcpds ? '403 MatchKeyMissing' : '403 by role';
}

function checked(destination: string | null, isAdmin: boolean, who: User, truth: Truth): Verdict {
  if (destination === null) return '400 INVALID_REQUEST_SHAPE';
  if (isAdmin) return '200 admin_bypass';
  if (!who.isKnownToEcpds) return '403 by role';
  const list = truth.lists.get(who.username);
  if (list === 'no answer') return '503 SERVICE_UNAVAILABLE';
  return list?.has(destination) === true ? '200 destination_listed' : '403 DestinationNotInList';
}

function holds({ realm, roles }: User, allowed: Roles): boolean {
  if (realm === null || !Object.hasOwn(allowed, realm)) return false;
  const enough = allowed[realm] ?? [];
  return enough.includes('*') || roles.some((role) => enough.includes(role));
}
