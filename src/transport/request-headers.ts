import type { TraceHeaders } from '../domain/tracing.js';
import { isPartialMarker } from './partial-body.js';

/** What of a request's headers matters to a decision; repeated ones joined, but for `Authorization`. */
export interface RequestHeaders {
  /** Every value, in order. */
  readonly authorization: string[];
  /** The names of the client's own `x-aviso-*` headers, in lower case. */
  readonly forged: string[];
  requestId: string | null;
  contentEncoding: string | null;
  contentLength: string | null;
  partialBody: boolean;
  /** `x-envoy-expected-rq-timeout-ms`. */
  expectedTimeoutMs: string | null;
  traceparent: string | null;
  tracestate: string | null;
}

export const noHeaders = (): RequestHeaders => ({
  authorization: [],
  forged: [],
  requestId: null,
  contentEncoding: null,
  contentLength: null,
  partialBody: false,
  expectedTimeoutMs: null,
  traceparent: null,
  tracestate: null,
});

/** Takes note of one header, as it was sent. */
export function addHeader(headers: RequestHeaders, name: string, value: string): void {
  const lower = name.toLowerCase();
  switch (lower) {
    case 'authorization':
      headers.authorization.push(value);
      break;
    case 'x-request-id':
      headers.requestId = joined(headers.requestId, value);
      break;
    case 'content-encoding':
      headers.contentEncoding = joined(headers.contentEncoding, value);
      break;
    case 'content-length':
      headers.contentLength = value;
      break;
    case 'x-envoy-auth-partial-body':
      headers.partialBody ||= isPartialMarker(value);
      break;
    case 'x-envoy-expected-rq-timeout-ms':
      headers.expectedTimeoutMs = joined(headers.expectedTimeoutMs, value);
      break;
    case 'traceparent':
      headers.traceparent = joined(headers.traceparent, value);
      break;
    case 'tracestate':
      headers.tracestate = joined(headers.tracestate, value);
      break;
    default:
      if (lower.startsWith('x-aviso-')) headers.forged.push(lower);
  }
}

/** What a request says of the trace that it is part of. */
export const traceOf = ({ traceparent, tracestate }: RequestHeaders): TraceHeaders | undefined =>
  traceparent === null ? undefined : { parent: traceparent, state: tracestate };

const joined = (before: string | null, value: string): string =>
  before === null ? value : `${before},${value}`;
