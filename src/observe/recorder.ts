import type { CheckContext, CheckObserver } from '../checker/observer.js';
import type { ServerReport } from '../checker/server.js';
import type { Decision } from '../domain/decision.js';
import { fetchOutcomeLabel } from '../domain/fetch-outcome.js';
import { type Identity, identityKey } from '../domain/identity.js';
import type { AuthzRequest } from '../domain/request.js';
import type { KeyObserver } from '../identity/jwks/observer.js';
import type { AuthMode, Resolution } from '../identity/resolver.js';
import { errorText } from './error-text.js';
import { harmless } from './harmless.js';
import { createKeyRecorder } from './key-recorder.js';
import type { EventLog } from './logger.js';
import type { Metrics } from './metrics.js';
import { createProtectionRecorder, type ProtectionRecorder, serverFields } from './protection-recorder.js';
import {
  type AuthOutcome,
  CHECK_OUTCOMES,
  type CheckOutcome,
  checkOutcomeOf,
  REQUEST_DENIED,
  STEP_EVENTS,
  statusOf,
} from './vocabulary.js';

/** What is known of a request when its decision is recorded. */
export interface DecisionContext {
  readonly request: Pick<AuthzRequest, 'transport' | 'requestId' | 'target' | 'routeLabel'>;
  readonly eventType: string | null;
  /** Null when nobody is known. */
  readonly identity: Identity | null;
  /** From reading the request to its decision, in seconds. */
  readonly durationSeconds: number;
  /** Left out when nothing is traced. */
  readonly traceId?: string | undefined;
}

/** Says what happened, in events and series; decides nothing, and never throws. */
export interface Recorder extends CheckObserver, KeyObserver, ProtectionRecorder {
  decided(decision: Decision, context: DecisionContext): void;
  /** Credentials were judged; anonymous requests are not counted. */
  identified(mode: AuthMode, resolution: Resolution): void;
}

export function createRecorder(log: EventLog, metrics: Metrics): Recorder {
  const step = (
    kind: keyof typeof STEP_EVENTS,
    context: CheckContext,
    fields: Record<string, unknown> = {},
  ) => {
    const { event, level, message } = STEP_EVENTS[kind];
    if (!log.writes(level)) return;
    const { eventType: event_type, username, requestId: request_id } = context;
    const all: Record<string, unknown> = { event_type, username, ...fields, request_id };
    if (context.span !== undefined) all['trace_id'] = context.span.traceId;
    log.write(level, event, all, message);
  };
  const protections = createProtectionRecorder(log, metrics);
  const failed = (cause: unknown): void => protections.backgroundFailed('record', cause);
  // Apart, so that an event does not depend on the series, nor these on it.
  const decision = harmless(
    {
      counted(decision: Decision, { request: { transport }, durationSeconds }: DecisionContext) {
        metrics.requests.inc({ transport, status: statusOf(decision) });
        metrics.requestDuration.observe({ transport }, durationSeconds);
      },
      checkCounted: (decision: Decision, context: DecisionContext) => countCheck(metrics, decision, context),
      told: (decision: Decision, context: DecisionContext) => tellDecision(log, decision, context),
    },
    failed,
  );
  const recorder: Recorder = {
    ...createKeyRecorder(log, metrics.keys),
    ...protections,
    started: (context) => step('started', context),
    cacheHit(context) {
      metrics.cacheHits.inc();
      step('cacheHit', context);
    },
    cacheMiss(context) {
      metrics.cacheMisses.inc();
      step('cacheMiss', context);
    },
    serverAnswered(context, report) {
      if (report.durationMs > 0) metrics.servers.called(report.index, report.durationMs / 1000);
      if (report.result.ok && report.result.value.malformed > 0) {
        metrics.servers.skippedRecords.inc({ server_index: report.index }, report.result.value.malformed);
      }
      reportServer(step, context, report);
    },
    fetchFinished: (_context, outcome) => metrics.fetches.inc({ outcome: fetchOutcomeLabel(outcome) }),
    identified(mode, resolution) {
      if (resolution.kind !== 'anonymous')
        metrics.authRequests.inc({ mode, outcome: AUTH_OUTCOME[resolution.kind] });
    },
    decided(made, context) {
      decision.counted(made, context);
      decision.checkCounted(made, context);
      decision.told(made, context);
    },
  };
  return harmless(recorder, failed);
}

const AUTH_OUTCOME: Record<Exclude<Resolution['kind'], 'anonymous'>, AuthOutcome> = {
  user: 'success',
  unauthenticated: 'unauthorized',
  forbidden: 'forbidden',
  unavailable: 'service_unavailable',
};

type Step = (kind: keyof typeof STEP_EVENTS, context: CheckContext, fields: Record<string, unknown>) => void;

function reportServer(step: Step, context: CheckContext, report: ServerReport): void {
  const at = serverFields(report);
  if (!report.result.ok) {
    step('fetchFailed', context, { ...at, error: report.result.failure.error });
    return;
  }
  const { total, inactive, malformed } = report.result.value;
  step('fetchSucceeded', context, at);
  if (inactive > 0) step('skippedInactive', context, { ...at, skipped: inactive, total });
  if (malformed > 0) {
    step('skippedRecord', context, { ...at, target_field: report.targetField, skipped: malformed, total });
  }
}

function countCheck(metrics: Metrics, decision: Decision, { identity }: DecisionContext): void {
  const outcome = checkOutcomeOf(decision);
  if (outcome === null) return;
  metrics.decisions.inc({ outcome });
  if (identity !== null) metrics.distinctUsers.add(outcome, identityKey(identity));
}

function tellDecision(log: EventLog, decision: Decision, context: DecisionContext): void {
  const outcome = checkOutcomeOf(decision);
  if (outcome !== null) tellCheck(log, outcome, decision, context);
  else if (decision.kind !== 'allow') tellRefusal(log, decision, context);
}

function tellCheck(log: EventLog, outcome: CheckOutcome, decision: Decision, context: DecisionContext): void {
  const { event, level, message } = CHECK_OUTCOMES[outcome];
  if (!log.writes(level)) return;
  const fields: Record<string, unknown> = {
    event_type: context.eventType,
    username: context.identity?.username ?? '-',
  };
  addDetail(fields, decision);
  addRequest(fields, context);
  log.write(level, event, fields, message);
}

function addRequest(
  fields: Record<string, unknown>,
  { request: { requestId, routeLabel }, traceId }: DecisionContext,
): void {
  fields['request_id'] = requestId;
  if (routeLabel !== null) fields['route_label'] = routeLabel;
  if (traceId !== undefined) fields['trace_id'] = traceId;
}

/** The fields that tell one decision of a kind from another, spelled as in the runbook. */
function addDetail(fields: Record<string, unknown>, decision: Decision): void {
  switch (decision.kind) {
    case 'deny':
      fields['reason'] = decision.reason;
      break;
    case 'unavailable':
      fields['fetch_outcome'] = decision.fetchOutcome;
      break;
    case 'error':
      fields['error_kind'] = decision.errorKind;
      fields['error'] = errorText(decision.cause);
      break;
    default:
  }
  if ('cacheOutcome' in decision && decision.cacheOutcome !== null) {
    fields['cache_outcome'] = decision.cacheOutcome;
  }
}

function tellRefusal(log: EventLog, decision: Decision, context: DecisionContext): void {
  const { event, level, message } = REQUEST_DENIED;
  const fields: Record<string, unknown> = {
    status_code: statusOf(decision),
    reason: decision.kind === 'invalid' ? decision.code.toLowerCase() : REFUSAL_REASON[decision.kind],
    username: context.identity?.username ?? '-',
    path: pathOf(context.request.target),
  };
  addRequest(fields, context);
  log.write(level, event, fields, message);
}

const REFUSAL_REASON: Partial<Record<Decision['kind'], AuthOutcome>> = {
  unauthenticated: 'unauthorized',
  forbidden: 'forbidden',
  identity_unavailable: 'service_unavailable',
};

/** The path for the log: without the query, which may carry anything, and bounded; tokens and credentials are blotted out. */
const pathOf = (target: string): string =>
  (target.split('?', 1)[0] ?? '')
    .replace(/eyJ[\w.-]*/g, '[token]')
    .replace(/\/\/[^/]*@/g, '//[credentials]@')
    .slice(0, 256);
