import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Decision } from '../domain/decision.js';
import { type FetchOutcome, fetchOutcomeLabel } from '../domain/fetch-outcome.js';
import type { CallSpan, RequestSpan, TracedRequest } from '../domain/tracing.js';
import { describeDecision, describeRequest, statusFor } from './describe.js';
import { headersFor, parentOf } from './parent.js';

/** Begins the span of a decision, in the trace that the request names, else in one of its own. */
export function beginRequest(tracer: Tracer, request: TracedRequest): RequestSpan {
  const parent = parentOf(request.trace);
  const within = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const { name, attributes } = describeRequest(request);
  return new SdkRequestSpan(tracer, tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, within));
}

class SdkRequestSpan implements RequestSpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly traceId: string;

  constructor(tracer: Tracer, span: Span) {
    this.#tracer = tracer;
    this.#span = span;
    this.traceId = span.spanContext().traceId;
  }

  calling(server: URL, serverIndex: number): CallSpan {
    const within = trace.setSpan(ROOT_CONTEXT, this.#span);
    return callSpan(this.#tracer.startSpan(CALL_NAME, callOptions(server, serverIndex), within));
  }

  waitsFor(other: RequestSpan): void {
    if (#span in other) this.#span.addLink({ context: other.#span.spanContext() });
  }

  decided(decision: Decision, eventType: string | null): void {
    this.#span.setAttributes(describeDecision(decision, eventType)).setStatus(statusFor(decision)).end();
  }
}

const TEMPLATE = '/ecpds/v1/destination/list';
const CALL_NAME = `GET ${TEMPLATE}`;

/** Without the URL as it is sent: the user's name stands in its query. */
const callOptions = (server: URL, serverIndex: number) => ({
  kind: SpanKind.CLIENT,
  attributes: {
    'http.request.method': 'GET',
    'url.template': TEMPLATE,
    'url.scheme': server.protocol.slice(0, -1),
    'server.address': server.hostname,
    'server.port': portOf(server),
    'aviso.ecpds.server_index': serverIndex,
  },
});

const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);

const callSpan = (span: Span): CallSpan => ({
  headers: headersFor(span.spanContext()),
  ended(status: number | null, outcome: FetchOutcome) {
    if (status !== null) span.setAttribute('http.response.status_code', status);
    if (outcome !== 'Success') {
      span.setAttribute('error.type', fetchOutcomeLabel(outcome)).setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  },
});
