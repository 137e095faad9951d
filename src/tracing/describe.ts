import { type Attributes, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import type { Decision } from '../domain/decision.js';
import { fetchOutcomeLabel } from '../domain/fetch-outcome.js';
import type { TracedRequest } from '../domain/tracing.js';
import { checkOutcomeOf, statusOf } from '../observe/vocabulary.js';
import { routeOf } from '../request/route.js';

/** What a decision's span is called, and says from the start: nothing that a client can choose freely. */
export function describeRequest({ transport, requestId, method, target }: TracedRequest): {
  name: string;
  attributes: Attributes;
} {
  const common = { 'aviso.transport': transport, 'aviso.request_id': requestId };
  const route = method === undefined || target === undefined ? null : routeOf(method, target);
  if (route === null || route.kind !== 'gated') return { name: 'authorize', attributes: common };
  const { operation } = route;
  const http = { 'http.request.method': 'POST', 'http.route': `/api/v1/${operation}` };
  return { name: `authorize ${operation}`, attributes: { ...common, ...http } };
}

/** What the decision adds: in the words of the runbook, without a name, a token or a destination. */
export function describeDecision(decision: Decision, eventType: string | null): Attributes {
  const attributes: Attributes = {
    'http.response.status_code': statusOf(decision),
    'aviso.outcome': outcomeOf(decision),
  };
  // Before the check an event type is any text of a client's; after it, one of the schema's.
  if (checkOutcomeOf(decision) !== null && eventType !== null) attributes['aviso.event_type'] = eventType;
  if ('cacheOutcome' in decision && decision.cacheOutcome !== null) {
    attributes['aviso.cache_outcome'] = decision.cacheOutcome;
  }
  const failure = failureOf(decision);
  if (failure !== null) attributes['error.type'] = failure;
  return attributes;
}

/** A refusal is an answer; only what stands for no verdict is an error. */
export const statusFor = (decision: Decision): SpanStatus => ({
  code: failureOf(decision) === null ? SpanStatusCode.UNSET : SpanStatusCode.ERROR,
});

/** `outcome` of the check's series, else what `reason` is in the event of a refusal. */
function outcomeOf(decision: Decision): string {
  const checked = checkOutcomeOf(decision);
  if (checked !== null) return checked;
  switch (decision.kind) {
    case 'allow':
      return 'not_gated';
    case 'invalid':
      return decision.code.toLowerCase();
    case 'unauthenticated':
      return 'unauthorized';
    case 'identity_unavailable':
      return 'service_unavailable';
    default:
      return decision.kind;
  }
}

function failureOf(decision: Decision): string | null {
  switch (decision.kind) {
    case 'unavailable':
      return fetchOutcomeLabel(decision.fetchOutcome);
    case 'identity_unavailable':
      return 'service_unavailable';
    case 'error':
      return decision.errorKind;
    default:
      return null;
  }
}
