import type { Came, Question } from './ask.js';
import type { Case } from './cases.js';
import { isSlow } from './fault.js';
import { type Expected, type Point, pointOf } from './points.js';
import { statusOf } from './truth.js';

/** One request of a case, and what came of it. */
export interface Answered {
  readonly question: Question;
  readonly came: Came;
}

/** What the program recorded meanwhile. */
export interface Records {
  readonly events: readonly Record<string, unknown>[];
  /** Steps of `aviso_authz_requests_total`, by status. */
  readonly counted: ReadonlyMap<number, number>;
  /** How often the fault was met. */
  readonly fired: number;
}

const NONE: readonly number[] = [500, 503];
const REFUSALS: readonly number[] = [401, 403, ...NONE];

/** What is wrong with the answers and the records of a case; nothing when it is empty. */
export function judge(
  tested: Case,
  answered: readonly Answered[],
  records: Records,
  limitMs: number,
): string[] {
  const point: Point = pointOf(tested.point);
  const wrong = answered.flatMap(({ question, came }) => {
    const allowed = allowedFor(tested, question, records.fired);
    return [
      ...(allowed.includes(came.status)
        ? []
        : [`${told(question)}: ${came.status}, not ${allowed.join(' or ')}`]),
      ...(came.afterMs > limitMs ? [`${told(question)}: only after ${Math.round(came.afterMs)} ms`] : []),
      ...(breaks(point, 'events') ? [] : wrongEvents(question, came, records, point)),
      ...lateVerdicts(tested, question, records),
    ];
  });
  return breaks(point, 'counters') ? wrong : [...wrong, ...wrongCounts(answered, records, point)];
}

const told = ({ username, destination, requestId }: Question): string =>
  `${username} for ${destination} (${requestId})`;

const breaks = (point: Point, what: 'events' | 'counters'): boolean =>
  point.breaks === what || point.breaks === 'both';

/** The statuses that the answer may have; 0 is a connection that ended without one. */
function allowedFor(tested: Case, { username, destination }: Question, fired: number): readonly number[] {
  const truth = statusOf(username, destination);
  const none = pointOf(tested.point).after === true ? [...NONE, 0] : NONE;
  switch (fired > 0 ? expectedOf(tested) : unmet(tested)) {
    case 'truth':
      return [truth];
    case 'none':
      return none;
    case 'either':
      return [truth, ...none];
    case 'refusal':
      return REFUSALS;
    case 'whatever':
      return [truth, ...REFUSALS];
  }
}

/** Within the short time that is left for what is slow, even what works may come too late. */
const unmet = ({ fault }: Case): Expected => (isSlow(fault) ? 'either' : 'truth');

function expectedOf({ point, fault, state }: Case): Expected {
  const { expected } = pointOf(point);
  // Behind a hit nobody waits for what is fetched again.
  if (state !== 'miss' && isBehindTheCache(point)) return 'truth';
  if (fault.kind === 'jumps') return 'either';
  if (fault.kind === 'twice' && expected !== 'truth') return 'either';
  if (fault.kind === 'gives' && expected === 'refusal') return given(point, fault.value);
  return isSlow(fault) && expected === 'refusal' ? 'none' : expected;
}

function given(point: Case['point'], value: string): Expected {
  // Nothing is an answer there: what is not remembered is looked up.
  if (value === 'undefined' && point === 'lru.get') return 'either';
  // What is no record of a token's verification is none: the token is verified anew.
  if (point === 'tokens.recall') return 'whatever';
  // Web Crypto that answers something else than true or false is taken at its word. The token of a case is a good one.
  return point === 'crypto.verify' ? 'whatever' : 'refusal';
}

const BEHIND: readonly string[] = ['limiter.run', 'server.ask', 'pool.list', 'span.calling', 'span.ended'];
/** What nobody waits for whose list is in the cache. */
export const isBehindTheCache = (point: string): boolean =>
  point.startsWith('ecpds.') || BEHIND.includes(point);

const DECISIONS: Readonly<Record<string, number | null>> = {
  'auth.ecpds.check.allowed': 200,
  'auth.ecpds.check.denied': 403,
  'auth.ecpds.check.unavailable': 503,
  'auth.ecpds.check.error': 500,
  'auth.middleware.request.denied': null,
};

function wrongEvents(question: Question, came: Came, { events }: Records, point: Point): string[] {
  const statuses = events
    .filter((event) => event['request_id'] === question.requestId)
    .flatMap((event) => {
      const name = String(event['event_name']);
      return name in DECISIONS ? [DECISIONS[name] ?? Number(event['status_code'])] : [];
    });
  const most = point.after === true ? 2 : 1;
  if (point.unread === true && statuses.length === 0 && came.status === 500) return [];
  if (statuses.length < 1 || statuses.length > most)
    return [`${told(question)}: ${statuses.length} decision events, ${statuses.join(', ')}`];
  if (came.status !== 0 && statuses.at(-1) !== came.status)
    return [`${told(question)}: the event means ${statuses.at(-1)}, the answer is ${came.status}`];
  return [];
}

/** Who had the list fetched, and slept for an hour over it, has waited too long for a verdict. */
function lateVerdicts({ point, fault }: Case, question: Question, { events }: Records): string[] {
  if (point !== 'ecpds.clock' || fault.kind !== 'jumps' || fault.byMs < 0) return [];
  const late = events.filter(
    (event) =>
      event['request_id'] === question.requestId &&
      event['cache_outcome'] === 'miss_fetched' &&
      ['auth.ecpds.check.allowed', 'auth.ecpds.check.denied'].includes(String(event['event_name'])),
  );
  return late.map((event) => `${told(question)}: ${event['event_name']}, an hour too late`);
}

/** One step for each answer, with its status. Where an answer failed after its decision, there may be one for both. */
function wrongCounts(answered: readonly Answered[], { counted }: Records, point: Point): string[] {
  const total = [...counted.values()].reduce((sum, count) => sum + count, 0);
  const statuses = [...new Set(answered.map(({ came }) => came.status))].filter((status) => status !== 0);
  const seen = (status: number): number => answered.filter(({ came }) => came.status === status).length;
  const short = statuses.filter((status) => (counted.get(status) ?? 0) < seen(status));
  const most = answered.length * (point.after === true ? 2 : 1);
  if (short.length === 0 && total >= answered.length && total <= most) return [];
  const counts = [...counted].map(([status, count]) => `${status}: ${count}`).join(', ');
  return [`counted ${counts || 'nothing'}, answered ${answered.map(({ came }) => came.status).join(', ')}`];
}
