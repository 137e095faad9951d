import type { Checker, Verdict } from './checker/checker.js';
import type { Decision, InvalidCode } from './domain/decision.js';
import type { Identity, RealmRoles } from './domain/identity.js';
import { inTime } from './domain/in-time.js';
import type { AuthzRequest } from './domain/request.js';
import { type Awaitable, ok, unreachable } from './domain/result.js';
import type { RequestSpan } from './domain/tracing.js';
import type { AuthMode, IdentityResolver, KnownUser, Resolution } from './identity/resolver.js';
import type { Gate, GateTable } from './policy/gates.js';
import { holdsRole } from './policy/roles.js';
import { canonicalMatchKey } from './request/match-key.js';
import { type Question, readQuestion } from './request/question.js';
import { type Route, routeOf } from './request/route.js';

/** Everything a decision needs. */
export interface AuthorizeParts {
  readonly gates: GateTable;
  /** Null when `auth.enabled` is false: then nobody is known and nothing is gated. */
  readonly resolver: IdentityResolver | null;
  readonly adminRoles: RealmRoles;
  /** `ecpds.match_key`, and who checks its value; null when nothing is gated by destination. */
  readonly destinations: { readonly matchKey: string; readonly checker: Checker } | null;
  /** How long a request may take when its asker does not say, in milliseconds. */
  readonly defaultTimeoutMs: number;
  /** The monotonic clock that deadlines are in, in milliseconds. */
  readonly now: () => number;
}

/** What became known of a request on the way to its decision, for the events about it. */
export interface Trail {
  eventType: string | null;
  /** How users are known, and what came of it: null when nobody was asked. */
  mode: AuthMode | null;
  resolution: Resolution | null;
  identity: Identity | null;
  /** Undefined when nothing is traced. */
  readonly span: RequestSpan | undefined;
}

export const newTrail = (span?: RequestSpan): Trail => ({
  eventType: null,
  mode: null,
  resolution: null,
  identity: null,
  span,
});

/**
 * Decides on one request: gate, identity, roles, match key, admin, check (contract section 2, "Order of the answers").
 *
 * Rejects on bugs only; the caller turns that into an `error` decision.
 */
export async function authorize(
  parts: AuthorizeParts,
  request: AuthzRequest,
  trail: Trail,
): Promise<Decision> {
  const route = routeOf(request.method, request.target);
  if (route.kind === 'unknown') return invalid('NOT_FOUND', 'no such route');
  if (!isForRoute(request.routeOperation, route)) return misrouted(request.routeOperation);
  if (route.kind === 'ungated') return allowUngated(null);
  const question = readQuestion(request, parts.destinations?.matchKey ?? null);
  if (!question.ok) return question.failure;
  trail.eventType = question.value.eventType;

  const deadline = request.deadline ?? parts.now() + parts.defaultTimeoutMs;
  const resolving = resolve(parts, request.authorization, deadline, trail);
  const user = resolving instanceof Promise ? await resolving : resolving;
  if (user.kind === 'unauthenticated' || user.kind === 'forbidden') return user;
  if (user.kind === 'unavailable') return { kind: 'identity_unavailable', message: user.message };
  if (parts.now() > deadline) return { kind: 'identity_unavailable', message: TOO_LATE.message };
  const known = user.kind === 'user' ? user : null;
  trail.identity = known?.identity ?? null;

  const gate = parts.gates.gateOf(question.value.eventType);
  if (gate === 'unknown') return invalid('UNKNOWN_EVENT_TYPE', 'unknown event type');
  const passed = throughGate(parts, gate, question.value, known, request.requestId, deadline, trail.span);
  const decision = passed instanceof Promise ? await passed : passed;
  return decision.kind === 'allow' ? exchanged(decision, known) : decision;
}

const NOBODY: Resolution = { kind: 'anonymous' };
const TOO_LATE = { kind: 'unavailable', message: 'Authentication took too long' } as const;

/** Who the user is, by the deadline whatever the resolver does. */
function resolve(
  { resolver, now }: AuthorizeParts,
  authorization: readonly string[],
  deadline: number,
  trail: Trail,
): Awaitable<Resolution> {
  if (resolver === null) return NOBODY;
  const noted = (resolution: Resolution): Resolution => {
    trail.resolution = ofKnownKind(resolution);
    trail.mode = resolver.mode;
    return resolution;
  };
  const resolved = resolver.resolve(authorization, deadline - now());
  return resolved instanceof Promise
    ? inTime(deadline - now(), resolved, TOO_LATE).then(noted)
    : noted(resolved);
}

/** What is none of these is a bug, and must not pass for nobody. */
function ofKnownKind(resolution: Resolution): Resolution {
  switch (resolution.kind) {
    case 'user':
    case 'anonymous':
    case 'unauthenticated':
    case 'forbidden':
    case 'unavailable':
      return resolution;
    default:
      return unreachable(resolution);
  }
}

/** What a checker may take beyond the deadline that it keeps by itself, in milliseconds. */
const CHECKER_GRACE_MS = 10;

function throughGate(
  parts: AuthorizeParts,
  gate: Gate,
  question: Question,
  user: KnownUser | null,
  requestId: string,
  deadline: number,
  span: RequestSpan | undefined,
): Awaitable<Decision> {
  const identity = user?.identity ?? null;
  // To the letter: a gate that says nothing is not open.
  if (gate.required === false) return allowUngated(identity);
  if (user === null || identity === null) {
    return { kind: 'unauthenticated', message: 'Authentication is required for this stream' };
  }
  const isAdmin = holdsRole(identity, parts.adminRoles);
  if (gate.readRoles !== null && !isAdmin && !holdsRole(identity, gate.readRoles)) {
    return { kind: 'forbidden', message: 'User does not have required read role for this stream' };
  }
  if (gate.destination === null) return allowUngated(identity);
  if (parts.destinations === null) return missingChecker();

  const { matchKey, checker } = parts.destinations;
  const { matchKey: value, eventType } = question;
  const canonical = value === undefined ? ok(null) : canonicalMatchKey(gate.destination, value);
  if (!canonical.ok) return invalid('INVALID_REQUEST_SHAPE', `identifier.${matchKey}: ${canonical.failure}`);
  if (isAdmin) return { kind: 'allow', reason: 'admin_bypass', identity, cacheOutcome: null };
  if (!isEcpdsUser(user)) {
    return { kind: 'forbidden', message: 'Users of this identity provider have no access to destinations' };
  }

  const destination = canonical.value;
  const decide = (verdict: Verdict): Decision =>
    parts.now() > deadline ? late(verdict, identity) : decisionOf(verdict, identity);
  const verdict = checker.check({ identity, destination, eventType, requestId, deadline, span });
  return verdict instanceof Promise
    ? inTime(deadline - parts.now() + CHECKER_GRACE_MS, verdict, null).then((made) => decide(kept(made)))
    : decide(verdict);
}

/** A checker that does not keep its deadline has a bug. */
function kept(verdict: Verdict | null): Verdict {
  if (verdict === null) throw new Error('the checker did not keep its deadline');
  return verdict;
}

/** ECPDS knows one namespace of users: Aviso's own, and that of providers which are said to share it. */
const isEcpdsUser = ({ identity, provided }: KnownUser): boolean =>
  identity.issuer === null || provided?.ecpdsUser === true;

/** Aviso does not know a provider's tokens: its users go on with one that it does, or not at all. */
function exchanged(decision: Decision & { kind: 'allow' }, user: KnownUser | null): Decision {
  if (user === null || user.identity.issuer === null) return decision;
  if (user.provided === undefined) throw new Error('a user of a provider, but no exchange');
  return { ...decision, authorization: user.provided.authorization() };
}

function decisionOf(verdict: Verdict, identity: Identity): Decision {
  switch (verdict.kind) {
    case 'listed':
      return { kind: 'allow', reason: 'destination_listed', identity, cacheOutcome: verdict.cacheOutcome };
    case 'not_listed':
      return { kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: verdict.cacheOutcome };
    case 'match_key_missing':
      return { kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' };
    case 'unavailable':
      return verdict;
    case 'error':
      return { ...verdict, errorKind: 'fetch_failed_unexpectedly' };
    default:
      return unreachable(verdict);
  }
}

/** A verdict that came after its asker stopped waiting is none. */
function late(verdict: Verdict, identity: Identity): Decision {
  if (verdict.kind !== 'listed' && verdict.kind !== 'not_listed') return decisionOf(verdict, identity);
  return { kind: 'unavailable', fetchOutcome: 'Unreachable', cacheOutcome: verdict.cacheOutcome };
}

const invalid = (code: InvalidCode, message: string): Decision => ({ kind: 'invalid', code, message });

const allowUngated = (identity: Identity | null): Decision => ({
  kind: 'allow',
  reason: 'not_gated',
  identity,
  cacheOutcome: null,
});

const missingChecker = (): Decision => ({
  kind: 'error',
  errorKind: 'missing_checker',
  cause: new Error('a gated event type, but no ECPDS servers'),
  cacheOutcome: null,
});

/** What a proxy says about its route can refuse a request, and never lets one through. */
const isForRoute = (routeOperation: string | null, route: Route): boolean =>
  routeOperation === null || (route.kind === 'gated' && route.operation === routeOperation);

const misrouted = (routeOperation: string | null): Decision => ({
  kind: 'error',
  errorKind: 'route_operation_mismatch',
  cause: new Error(`the path is not the route's operation: ${routeOperation}`),
  cacheOutcome: null,
});
