/** `sidecar.protections` of one run. `default` is what holds when the block is left out: every protection but the cap off. */
export const PROTECTIONS = {
  'no caps': { max_concurrent_fetches: 10_000, max_queued_fetches: 1_000_000 },
  default: {},
  refresh_ahead: { refresh_ahead: {} },
  circuit_breaker: { circuit_breaker: {} },
  'circuit_breaker, 5 s': { circuit_breaker: { open_seconds: 5 } },
  ttl_jitter: { ttl_jitter: 0.1 },
  recommended: { refresh_ahead: {}, circuit_breaker: {} },
  'all three': { refresh_ahead: {}, circuit_breaker: {}, ttl_jitter: 0.1 },
} as const satisfies Record<string, object>;

export type ProtectionsName = keyof typeof PROTECTIONS;
const NAMES = Object.keys(PROTECTIONS) as readonly ProtectionsName[];

/** Sets that are run only where they can make a difference: where many call, and where a circuit opens. */
const ONLY: Partial<Record<ProtectionsName, readonly string[]>> = {
  'no caps': ['hanging', 'storm'],
  'circuit_breaker, 5 s': ['down', 'hanging', 'flapping'],
};

/** The sets of protections that a drill is run with. */
export const setsOf = (drill: string): readonly ProtectionsName[] =>
  NAMES.filter((name) => ONLY[name]?.includes(drill) ?? true);
