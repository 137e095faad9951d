import type { DependencyKind } from './fault.js';

/**
 * What the answer to a request may be whose dependency is broken.
 *
 * - `none`: no verdict, 503 or 500.
 * - `refusal`: anything but an allow; what is broken is asked for less than a verdict, and its loss may look like a denial.
 * - `truth`: the verdict, which what is broken has no say in.
 * - `either`: the verdict or none: what is broken may be asked again, or not matter by then.
 * - `whatever`: the verdict, or any refusal.
 */
export type Expected = 'none' | 'refusal' | 'truth' | 'either' | 'whatever';

export interface Point {
  readonly kind: DependencyKind;
  readonly expected: Expected;
  /** It is what records, or stands behind that: its own record is not compared. */
  readonly breaks?: 'events' | 'counters' | 'both';
  /** It fails after the decision was recorded: the last record is the one that holds. */
  readonly after?: true;
  /** It fails before a request is read: over gRPC its event has an id of its own. */
  readonly unread?: true;
  /** Only with `auth.mode: direct`. */
  readonly world?: 'direct';
  /** A flight that hangs here is given up only when it is older than three times `request_timeout_seconds`. */
  readonly flight?: true;
}

/** Every place where a request, or what it sets off, depends on something that can fail. */
export const POINTS = {
  // The decider and its parts.
  'decider.parts': { kind: 'value', expected: 'refusal' },
  'authorize.now': { kind: 'clock', expected: 'either' },
  'authorize.resolve': { kind: 'promise', expected: 'none' },
  'authorize.check': { kind: 'promise', expected: 'none' },
  'gates.gateOf': { kind: 'value', expected: 'refusal' },
  // The checker.
  'cache.lookup': { kind: 'value', expected: 'none' },
  'lru.get': { kind: 'value', expected: 'refusal' },
  'lru.set': { kind: 'tells', expected: 'either' },
  'limiter.run': { kind: 'promise', expected: 'none', flight: true },
  'server.ask': { kind: 'promise', expected: 'none', flight: true },
  'pool.list': { kind: 'tells', expected: 'none' },
  'ecpds.fetch': { kind: 'promise', expected: 'none' },
  'ecpds.clock': { kind: 'clock', expected: 'none' },
  'ecpds.body': { kind: 'stream', expected: 'none' },
  // Who the user is.
  'tokens.recall': { kind: 'value', expected: 'refusal' },
  'tokens.remember': { kind: 'tells', expected: 'either' },
  'crypto.verify': { kind: 'promise', expected: 'refusal' },
  'crypto.importKey': { kind: 'promise', expected: 'refusal' },
  'auth_o_tron.fetch': { kind: 'promise', expected: 'none', world: 'direct' },
  'auth_o_tron.body': { kind: 'stream', expected: 'none', world: 'direct' },
  // What is told about a decision.
  'log.write': { kind: 'tells', expected: 'truth', breaks: 'events' },
  'log.flush': { kind: 'tells', expected: 'truth', breaks: 'events' },
  'tally.inc': { kind: 'tells', expected: 'truth', breaks: 'counters' },
  'histogram.observe': { kind: 'tells', expected: 'truth', breaks: 'counters' },
  'users.add': { kind: 'tells', expected: 'truth', breaks: 'counters' },
  'tracer.begin': { kind: 'value', expected: 'truth' },
  'span.calling': { kind: 'value', expected: 'truth' },
  'span.ended': { kind: 'tells', expected: 'truth' },
  'span.waitsFor': { kind: 'tells', expected: 'truth' },
  'span.decided': { kind: 'tells', expected: 'truth' },
  // The listeners.
  'listener.now': { kind: 'clock', expected: 'either', unread: true },
  'listener.isDraining': { kind: 'value', expected: 'either', after: true },
  'http.writeHead': { kind: 'tells', expected: 'none', after: true },
  'http.bodyEnd': { kind: 'callback', expected: 'truth' },
  'grpc.respond': { kind: 'tells', expected: 'none', after: true },
  'grpc.bodyEnd': { kind: 'callback', expected: 'truth' },
} as const satisfies Record<string, Point>;

export type PointName = keyof typeof POINTS;
export const POINT_NAMES = Object.keys(POINTS) as PointName[];
export const pointOf = (name: PointName): Point => POINTS[name];
