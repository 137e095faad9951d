/** `sidecar.protections` of one run. `default` is what holds when the block is left out. */
export const PROTECTIONS = {
  'no caps': { max_concurrent_fetches: 10_000, max_queued_fetches: 1_000_000 },
  default: {},
  refresh_ahead: { refresh_ahead: {} },
  circuit_breaker: { circuit_breaker: {} },
  'circuit_breaker, 5 s': { circuit_breaker: { open_seconds: 5 } },
  ttl_jitter: { ttl_jitter: 0.1 },
  recommended: { refresh_ahead: {}, circuit_breaker: {}, ttl_jitter: 0.1 },
} as const satisfies Record<string, object>;

export type ProtectionsName = keyof typeof PROTECTIONS;
const NAMES = Object.keys(PROTECTIONS) as readonly ProtectionsName[];

/** Where it matters how often an open circuit is probed. */
const PROBED = new Set(['down', 'hanging', 'flapping']);

/** The sets of protections that a drill is run with. */
export const setsOf = (drill: string): readonly ProtectionsName[] =>
  NAMES.filter((name) => name !== 'circuit_breaker, 5 s' || PROBED.has(drill));
