import type { Decision } from './decision.js';
import type { FetchOutcome } from './fetch-outcome.js';
import type { AuthzRequest } from './request.js';

/** The headers of W3C Trace Context, as they were sent: nobody has looked at them yet. */
export interface TraceHeaders {
  /** `traceparent`; several are joined by a comma, and then are none. */
  readonly parent: string;
  /** `tracestate`; several are joined by a comma, as the specification has it. */
  readonly state: string | null;
}

/** What is known of a request when its span begins; a refused one may have no more than its transport. */
export type TracedRequest = Pick<AuthzRequest, 'transport' | 'requestId' | 'trace'> &
  Partial<Pick<AuthzRequest, 'method' | 'target'>>;

/** Begins a span for each decision; undefined where one cannot be had. */
export interface Tracer {
  begin(request: TracedRequest): RequestSpan | undefined;
}

/** The tracer of a process. */
export interface Tracing extends Tracer {
  /** Sends what waits and ends; within two seconds, whatever the receiver does. */
  stop(): Promise<void>;
}

/** The span of one decision: from reading the request to its verdict. */
export interface RequestSpan {
  /** 32 hexadecimal digits: `trace_id` in the events. */
  readonly traceId: string;
  /** A call to an ECPDS server begins, on behalf of this request. */
  calling(server: URL, serverIndex: number): CallSpan;
  /** It waits for a list that the calls of another request fetch. */
  waitsFor(other: RequestSpan): void;
  /** Ends it. */
  decided(decision: Decision, eventType: string | null): void;
}

/** The span of one call to an ECPDS server. */
export interface CallSpan {
  /** `traceparent`, and `tracestate` when there is one: what the server is to see. */
  readonly headers: Readonly<Record<string, string>>;
  /** @param status the HTTP status, or null when none came */
  ended(status: number | null, outcome: FetchOutcome): void;
}
