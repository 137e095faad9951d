/** What one server does with a call that starts now. */
export type Weather =
  | { readonly kind: 'answers' | 'unauthorized'; readonly latencyMs: readonly [number, number] }
  | { readonly kind: 'refuses' | 'hangs' };

/** Milliseconds from the start of a drill, the end not included. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One bad day: who asks how often, and what goes wrong when. */
export interface Drill {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly story: string;
  readonly policy: 'strict' | 'any_success';
  readonly users: number;
  readonly traffic: Traffic;
  readonly durationMs: number;
  /** From when on upstream calls are counted: when every user has been there once. */
  readonly countFromMs: number;
  readonly outage: (Span & { readonly weather: OutageWeather }) | null;
  readonly revocation: { readonly atMs: number; readonly users: number } | null;
}

/** Each user opens a stream for the first time within `firstWithinMs`, and the next one so long after each. */
export interface Traffic {
  readonly firstWithinMs: number;
  /** The shortest and the longest time between two streams of a user; null: only one. */
  readonly everyMs: readonly [number, number] | null;
}

/** What a server does so long after the outage began; null: what it always does. */
export type OutageWeather = (server: number, sinceMs: number) => Weather | null;

/** Two servers, federated: users of one are unknown to the other, some are known to both. */
export const SERVERS = 2;
/** What an ECPDS server takes when it is well, in milliseconds. */
const HEALTHY_MS = [40, 160] as const;
export const HEALTHY: Weather = { kind: 'answers', latencyMs: HEALTHY_MS };
/** `ecpds.cache_ttl_seconds` and `protections.circuit_breaker.open_seconds` as they are by default. */
export const TTL_MS = 300_000;
export const PROBE_PERIOD_MS = 30_000;

const SECOND = 1000;
/** A few hundred users, each with so many streams that one opens every 15 to 25 s. */
const STEADY = {
  policy: 'strict' as const,
  users: 240,
  traffic: { firstWithinMs: 300 * SECOND, everyMs: [15 * SECOND, 25 * SECOND] as const },
  durationMs: 900 * SECOND,
  countFromMs: 300 * SECOND,
  outage: null,
  revocation: null,
};
const OUTAGE: Span = { fromMs: 360 * SECOND, untilMs: 660 * SECOND };
const first =
  (weather: Weather): OutageWeather =>
  (server) =>
    server === 0 ? weather : null;
const flapping: OutageWeather = (server, sinceMs) =>
  server === 0 && Math.floor(sinceMs / (20 * SECOND)) % 2 === 0 ? { kind: 'refuses' } : null;
const slower: OutageWeather = (server, sinceMs) => {
  const ms = Math.round(HEALTHY_MS[1] + sinceMs / 40);
  return server === 0 ? { kind: 'answers', latencyMs: [ms, ms + 500] } : null;
};
const unauthorized: OutageWeather = () => ({ kind: 'unauthorized', latencyMs: [5, 15] });

const REVOCATION = { ...STEADY, durationMs: 840 * SECOND, revocation: { atMs: 400 * SECOND, users: 200 } };

export const DRILLS = [
  { ...STEADY, name: 'steady', story: 'Nothing is wrong: 240 users, a stream every 15 to 25 s each.' },
  {
    ...STEADY,
    name: 'down',
    story: 'One of two servers refuses connections for 300 s.',
    outage: { ...OUTAGE, weather: first({ kind: 'refuses' }) },
  },
  {
    ...STEADY,
    name: 'down-any',
    story: 'The same under partial_outage_policy: any_success.',
    policy: 'any_success',
    outage: { ...OUTAGE, weather: first({ kind: 'refuses' }) },
  },
  {
    ...STEADY,
    name: 'slow',
    story: 'One server gets slower and slower for 300 s, from a tenth of a second to eight.',
    outage: { ...OUTAGE, weather: slower },
  },
  {
    ...STEADY,
    name: 'hanging',
    story: 'One server takes calls and never answers, for 300 s.',
    outage: { ...OUTAGE, weather: first({ kind: 'hangs' }) },
  },
  {
    ...STEADY,
    name: 'flapping',
    story: 'One server is down and up again every 20 s, for 300 s.',
    outage: { ...OUTAGE, weather: flapping },
  },
  {
    ...STEADY,
    name: 'credentials',
    story: 'Both servers answer 401 for 300 s: the service account does not work.',
    outage: { ...OUTAGE, weather: unauthorized },
  },
  {
    ...STEADY,
    name: 'storm',
    story: '5,000 users come back within 3 s of a restart, which emptied the cache.',
    users: 5000,
    traffic: { firstWithinMs: 3 * SECOND, everyMs: null },
    durationMs: 60 * SECOND,
    countFromMs: 0,
  },
  {
    ...STEADY,
    name: 'echo',
    story:
      '300 lists are fetched within 1 s of a restart, and expire together; a stream every 4 to 6 s each.',
    users: 300,
    traffic: { firstWithinMs: SECOND, everyMs: [4 * SECOND, 6 * SECOND] },
    durationMs: 400 * SECOND,
    countFromMs: 60 * SECOND,
  },
  { ...REVOCATION, name: 'revocation', story: '200 of 240 users lose a destination at the same time.' },
] as const satisfies readonly Drill[];

export type DrillName = (typeof DRILLS)[number]['name'];
export const DRILL_NAMES: readonly DrillName[] = DRILLS.map(({ name }) => name);
