import { type AuthorizeParts, authorize, newTrail } from '../../src/authorize.js';
import type { CheckRequest, Verdict } from '../../src/checker/checker.js';
import type { AuthzRequest } from '../../src/domain/request.js';
import type { Resolution } from '../../src/identity/resolver.js';
import { type Gate, gateTable } from '../../src/policy/gates.js';
import { authzRequest } from './authz.js';
import { type ManualClock, manualClock } from './clock.js';
import { identity } from './identity.js';

const DESTINATION = { type: 'StringHandler', max_length: 8 } as const;
const READERS = new Map([['ecmwf', ['reader']]]);
const gate = (parts: Partial<Gate> = {}): Gate => ({
  required: true,
  readRoles: null,
  destination: DESTINATION,
  ...parts,
});
/** An event type of every kind. */
export const GATES = new Map<string, Gate>([
  ['dissemination', gate()],
  ['staff', gate({ readRoles: READERS })],
  ['members', gate({ destination: null })],
  ['members-staff', gate({ destination: null, readRoles: READERS })],
  ['open', gate({ required: false, readRoles: READERS, destination: null })],
]);
export const alice: Resolution = { kind: 'user', identity: identity() };
export const reader: Resolution = { kind: 'user', identity: identity({ roles: ['reader'] }) };
export const admin: Resolution = { kind: 'user', identity: identity({ roles: ['admin'] }) };
export const ANONYMOUS: Resolution = { kind: 'anonymous' };

/** What a request meets on its way: by default Alice, and a destination that is listed. */
export interface World {
  resolution?: Resolution | null;
  verdict?: Verdict;
  /** What happens while somebody is waited for. */
  during?: { identity?: (clock: ManualClock) => void; check?: (clock: ManualClock) => void };
  checker?: 'none';
  strict?: boolean;
}
export const LISTED: Verdict = { kind: 'listed', cacheOutcome: 'hit' };

/** Runs one request through `authorize`, and tells its decision and whom it asked on the way. */
export async function decide(world: World, request: Partial<AuthzRequest> = {}) {
  const clock = manualClock();
  const checks: CheckRequest[] = [];
  const remaining: number[] = [];
  const { resolution = alice } = world;
  const parts: AuthorizeParts = {
    gates: gateTable(GATES, world.strict ?? true),
    resolver:
      resolution === null
        ? null
        : {
            mode: 'trusted_proxy',
            async resolve(_authorization, remainingMs) {
              remaining.push(remainingMs);
              world.during?.identity?.(clock);
              return resolution;
            },
          },
    adminRoles: new Map([['ecmwf', ['admin']]]),
    destinations:
      world.checker === 'none'
        ? null
        : {
            matchKey: 'destination',
            checker: {
              async check(check) {
                checks.push(check);
                world.during?.check?.(clock);
                return world.verdict ?? LISTED;
              },
              cacheSize: () => 0,
            },
          },
    defaultTimeoutMs: 500,
    now: clock.now,
  };
  const trail = newTrail();
  const decision = await authorize(parts, authzRequest(request), trail);
  const told =
    decision.kind === 'invalid'
      ? decision.code
      : 'reason' in decision
        ? `${decision.kind} ${decision.reason}`
        : decision.kind;
  return { decision, told, checks, remaining, trail };
}
