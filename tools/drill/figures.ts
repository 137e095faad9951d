import { type Drill, SERVERS, TTL_MS } from './drill.js';
import { deniedThoughListed, wrongAllows } from './oracle.js';
import type { ProtectionsName } from './protections.js';
import type { Answer, History } from './run.js';
import { type Timeline, timelineOf } from './timeline.js';
import type { Call } from './world/network.js';
import { losableOf, losesRight } from './world/people.js';

/** What one run of a drill came to. Times are milliseconds. */
export interface Figures {
  readonly drill: string;
  readonly protections: ProtectionsName;
  readonly allowed: number;
  readonly denied: number;
  readonly unavailable: number;
  readonly errors: number;
  /** Allows that nobody may be given: there must be none. */
  readonly wrongAllows: number;
  /** Denials of what a server would have listed at that time. */
  readonly deniedThoughListed: number;
  /** Once every user has been there: verdicts that were waited for, because no list was in the cache. */
  readonly waitedForList: number;
  readonly upstream: Upstream;
  readonly allowedWait: Waits | null;
  readonly unavailableWait: Waits | null;
  /** The same of those who came while a circuit was open. */
  readonly openWait: Waits | null;
  readonly recovery: Recovery | null;
  readonly revocation: Revocation | null;
  /** How many events of each name. */
  readonly events: Readonly<Record<string, number>>;
  readonly timeline: Timeline;
}

export interface Waits {
  readonly p99: number;
  readonly worst: number;
}

export interface Upstream {
  readonly calls: number;
  /** Calls by users x servers x times that the TTL passed, once every user has been there. */
  readonly perTtl: number;
  /** The most calls for one user to one server. */
  readonly mostPerUserAndServer: number;
  /** The most calls to one server that ran at once, once every user has been there. */
  readonly peak: number;
}

/** From the end of the outage on. Null: never. */
export interface Recovery {
  /** Until the first verdict by a new list. */
  readonly servedAfter: number | null;
  /** Until the last 503. */
  readonly lastUnavailableAfter: number | null;
  /** Until the circuit was closed. */
  readonly noticedAfter: number | null;
  /** Whether the first call to the server that had failed was made for a request, and not as a probe. */
  readonly byARequest: boolean;
  /** Calls to the server that had failed, begun while a circuit was open: probes, if all is well. */
  readonly callsWhileOpen: number;
}

export interface Revocation {
  /** How long after its revocation a right could still be used. */
  readonly usedFor: number;
  /** Events `auth.ecpds.recheck.revoked`. */
  readonly events: number;
}

export function figuresOf(drill: Drill, protections: ProtectionsName, history: History): Figures {
  const { answers, calls, events } = history;
  const of = (kind: Answer['kind']): readonly Answer[] => answers.filter((answer) => answer.kind === kind);
  const [allowed, unavailable] = [of('allow'), of('unavailable')];
  const isOpen = openSpans(history);
  return {
    drill: drill.name,
    protections,
    allowed: allowed.length,
    denied: of('deny').length,
    unavailable: unavailable.length,
    errors: answers.length - allowed.length - unavailable.length - of('deny').length,
    wrongAllows: wrongAllows(drill, answers, calls).length,
    deniedThoughListed: deniedThoughListed(drill, answers).length,
    waitedForList: answers.filter(
      ({ at, kind, cacheOutcome }) =>
        at >= drill.countFromMs && (kind === 'allow' || kind === 'deny') && cacheOutcome !== 'hit',
    ).length,
    upstream: upstreamOf(drill, calls),
    allowedWait: waitsOf(allowed),
    unavailableWait: waitsOf(unavailable),
    openWait: waitsOf(unavailable.filter(({ at }) => isOpen(at))),
    recovery: drill.outage === null ? null : recoveryOf(drill.outage.untilMs, history),
    revocation: drill.revocation === null ? null : revocationOf(drill, drill.revocation.atMs, history),
    events: Object.fromEntries(
      [...new Set(events.map(({ name }) => name))]
        .sort()
        .map((name) => [name, events.filter((event) => event.name === name).length]),
    ),
    timeline: timelineOf(drill, history),
  };
}

export const waitOf = ({ at, answeredAt }: Answer): number => answeredAt - at;

function waitsOf(answers: readonly Answer[]): Waits | null {
  const waits = answers.map(waitOf).sort((one, other) => one - other);
  const worst = waits.at(-1);
  return worst === undefined ? null : { p99: waits[Math.ceil(waits.length * 0.99) - 1] ?? worst, worst };
}

function upstreamOf({ users, durationMs, countFromMs }: Drill, calls: readonly Call[]): Upstream {
  const counted = calls.filter(({ startedAt }) => startedAt >= countFromMs && startedAt < durationMs);
  const ttls = Math.max(1, (durationMs - countFromMs) / TTL_MS);
  const each = new Map<string, number>();
  for (const { user, server } of calls)
    each.set(`${server} ${user}`, (each.get(`${server} ${user}`) ?? 0) + 1);
  const servers = Array.from({ length: SERVERS }, (_, server) =>
    calls.filter((call) => call.server === server && call.startedAt >= countFromMs),
  );
  return {
    calls: calls.length,
    perTtl: counted.length / (users * SERVERS * ttls),
    mostPerUserAndServer: Math.max(0, ...each.values()),
    peak: Math.max(...servers.map(peakOf)),
  };
}

/** The most calls that ran at once. One that ends when another begins has made room for it. */
function peakOf(calls: readonly Call[]): number {
  const changes = calls.flatMap(({ startedAt, endedAt }) => [
    { at: startedAt, by: 1 },
    { at: endedAt ?? Number.POSITIVE_INFINITY, by: -1 },
  ]);
  let running = 0;
  let peak = 0;
  for (const { by } of changes.sort((one, other) => one.at - other.at || one.by - other.by)) {
    running += by;
    peak = Math.max(peak, running);
  }
  return peak;
}

const OPENED = 'auth.ecpds.circuit.opened';
const CLOSED = 'auth.ecpds.circuit.closed';

/** Whether a circuit was open at a time. */
function openSpans({ events }: History): (at: number) => boolean {
  const turns = events.filter(({ name }) => name === OPENED || name === CLOSED);
  return (at) => turns.findLast((turn) => turn.at < at)?.name === OPENED;
}

/** A request of the call's user came at that very moment. */
const isWished = ({ startedAt, user }: Call, answers: readonly Answer[]): boolean =>
  answers.some((answer) => answer.at === startedAt && answer.user === user);

function recoveryOf(end: number, history: History): Recovery {
  const { answers, calls, events } = history;
  const isOpen = openSpans(history);
  const after = (at: number | undefined): number | null => (at === undefined ? null : at - end);
  const served = answers.find(
    ({ answeredAt, kind, cacheOutcome }) =>
      answeredAt >= end && (kind === 'allow' || kind === 'deny') && cacheOutcome !== 'hit',
  );
  const lastUnavailable = answers.findLast(
    ({ answeredAt, kind }) => answeredAt >= end && kind === 'unavailable',
  );
  const first = calls.find(({ server, startedAt }) => server === 0 && startedAt >= end);
  return {
    servedAfter: after(served?.answeredAt),
    lastUnavailableAfter: after(lastUnavailable?.answeredAt),
    noticedAfter: after(events.find(({ at, name }) => at >= end && name === CLOSED)?.at),
    callsWhileOpen: calls.filter(({ server, startedAt }) => server === 0 && isOpen(startedAt)).length,
    byARequest: first !== undefined && (!isOpen(first.startedAt) || isWished(first, answers)),
  };
}

function revocationOf(drill: Drill, revokedAt: number, { answers, events }: History): Revocation {
  const used = answers.filter(
    ({ user, destination, kind, answeredAt }) =>
      kind === 'allow' &&
      losesRight(drill, user) &&
      destination === losableOf(user) &&
      answeredAt >= revokedAt,
  );
  return {
    usedFor: Math.max(0, ...used.map(({ answeredAt }) => answeredAt - revokedAt)),
    events: events.filter(({ name }) => name === 'auth.ecpds.recheck.revoked').length,
  };
}
