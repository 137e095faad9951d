import type { Transport } from '../../../../src/domain/request.js';
import { MAX_FAILURES } from '../../part.js';
import { FETCH_TIMEOUT_MS, RECEIVE_MS } from '../settings.js';
import { type Out, outcomeOf, rightStatuses } from './oracle.js';
import { isOrdinary, type Outcome, type Plan } from './plan.js';
import type { Came, WireAnswer } from './wire.js';

/** How often something was seen, and how often more it may have happened where nobody was left to see it. */
export interface Count {
  seen: number;
  unseen: number;
}

/** What the clients of a load saw. Plain data: it travels between processes. */
export interface Ledger {
  requests: number;
  allowed: number;
  wrongAllows: number;
  wrongDenials: number;
  /** Requests for which a change of the list made two answers right. */
  undecided: number;
  /** Whose list was not there in time: users for whom 503 came, no sooner than a fetch is given up. */
  outOfTime: string[];
  /** Requests whose senders went away before an answer. */
  gone: number;
  readonly kinds: Record<string, number>;
  /** By `transport status`, as in `aviso_authz_requests_total`. */
  readonly statuses: Record<string, Count>;
  /** By outcome, as in `aviso_ecpds_access_decisions_total`. */
  readonly outcomes: Record<string, Count>;
  failed: number;
  readonly failures: string[];
  /** Of ordinary requests, from when they were due, in milliseconds; by the second that they were due in. */
  readonly latencies: number[][];
}

export const emptyLedger = (): Ledger => ({
  ...{ requests: 0, allowed: 0, wrongAllows: 0, wrongDenials: 0, undecided: 0 },
  ...{ outOfTime: [], gone: 0, failed: 0 },
  ...{ kinds: {}, statuses: {}, outcomes: {}, failures: [], latencies: [] },
});

/** Enters what came of a request, and judges it. */
export function enter(ledger: Ledger, plan: Plan, came: Came, out: Out, oldestMs: number): void {
  ledger.requests += 1;
  ledger.kinds[plan.kind] = (ledger.kinds[plan.kind] ?? 0) + 1;
  if (came.kind === 'gone') enterGone(ledger, plan, out);
  else if (came.kind !== 'answered') fail(ledger, `${asked(plan)}: no answer (${came.kind}: ${came.why})`);
  else enterAnswer(ledger, plan, came.answer, out, rightStatuses(plan, out, oldestMs));
}

/** When it was due counts, not when it was sent: who had to queue waited, too. */
export function enterLatency(ledger: Ledger, plan: Plan, dueMs: number, answeredMs: number): void {
  if (!isOrdinary(plan)) return;
  const second = Math.floor(dueMs / 1000);
  while (ledger.latencies.length <= second) ledger.latencies.push([]);
  ledger.latencies[second]?.push(answeredMs - dueMs);
}

function enterAnswer(
  ledger: Ledger,
  plan: Plan,
  answer: WireAnswer,
  { sentMs, answeredMs }: Out,
  right: readonly number[],
): void {
  const { status, allows } = answer;
  count(ledger, statusKey(plan, status), outcomeOf(plan, status), 'seen');
  if (allows) ledger.allowed += 1;
  if (right.length > 1) ledger.undecided += 1;
  const waitedMs = answeredMs - sentMs;
  if (status === 503 && plan.right.kind === 'by_list' && waitedMs > 0.8 * FETCH_TIMEOUT_MS) {
    ledger.outOfTime.push(plan.user ?? '');
  } else if (!right.includes(status)) {
    if (allows) ledger.wrongAllows += 1;
    else if (status === 403) ledger.wrongDenials += 1;
    fail(ledger, `${asked(plan)}: ${status} came, not ${right.join(' or ')}`);
  }
  if (answer.requestId !== null && answer.requestId !== plan.id && !isAnonymousFault(plan)) {
    fail(ledger, `${asked(plan)}: the answer to ${answer.requestId} came`);
  }
  if (allows && answer.user !== plan.user) fail(ledger, `${asked(plan)}: an allow for ${answer.user} came`);
}

/** What arrived too slowly has no head that was read. */
const isAnonymousFault = ({ manner }: Plan): boolean => manner === 'half_head' || manner === 'half_body';

function enterGone(ledger: Ledger, plan: Plan, { sentMs, answeredMs }: Out): void {
  ledger.gone += 1;
  switch (plan.manner) {
    case 'cut_off':
      break;
    case 'left':
      count(ledger, statusKey(plan, 200), outcomeOf(plan, 200), 'unseen');
      break;
    case 'half_head':
    case 'half_body':
      if (!isHalfPreface(plan)) enterHeld(ledger, plan, answeredMs - sentMs);
      break;
    default:
      fail(ledger, `${asked(plan)}: the client went away, which it should not have`);
  }
}

/** The client's library ends a stream before it resets it, and it may be taken for all there is. */
const mayBeHalf = (ledger: Ledger, plan: Plan): void => count(ledger, statusKey(plan, 400), null, 'unseen');

/** A half-open one that its client gave up: the listener may have been about to refuse it. */
function enterHeld(ledger: Ledger, plan: Plan, heldMs: number): void {
  if (plan.transport === 'envoy_grpc') mayBeHalf(ledger, plan);
  if (heldMs >= RECEIVE_MS.patience) count(ledger, statusKey(plan, 408), null, 'unseen');
  if (heldMs > RECEIVE_MS.latest) fail(ledger, `${asked(plan)}: held for ${Math.round(heldMs)} ms`);
}

const isHalfPreface = ({ transport, manner }: Plan): boolean =>
  transport === 'envoy_grpc' && manner === 'half_head';

/** What arrives too slowly is refused by the listener, which does not know the adapter yet. */
function statusKey({ transport }: Plan, status: number): string {
  const counted: Transport = status === 408 && transport === 'envoy_http' ? 'http' : transport;
  return `${counted} ${status}`;
}

function count(ledger: Ledger, status: string, outcome: Outcome | null, how: keyof Count): void {
  ledger.statuses[status] ??= { seen: 0, unseen: 0 };
  ledger.statuses[status][how] += 1;
  if (outcome === null) return;
  ledger.outcomes[outcome] ??= { seen: 0, unseen: 0 };
  ledger.outcomes[outcome][how] += 1;
}

export function fail(ledger: Ledger, what: string): void {
  ledger.failed += 1;
  if (ledger.failures.length < MAX_FAILURES) ledger.failures.push(what);
}

const asked = ({ id, kind, transport, manner, user, destination }: Plan): string =>
  `${id} (${kind}, ${transport}, ${manner}, ${user ?? 'nobody'} for ${destination})`;
