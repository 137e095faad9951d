import type { TraceHeaders } from './tracing.js';

/** The two operations that are gated. Everything else is Aviso's own business (contract section 2). */
export type Operation = 'watch' | 'replay';

/** Which wire an authorization request came over: the `transport` label of `aviso_authz_*`. */
export const TRANSPORTS = ['http', 'envoy_http', 'envoy_grpc'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * One authorization request, the same value whatever wire it came over. Adapters fill it, `authorize` reads it.
 *
 * - `target`: the request-target as the gateway will see it, path and query, not decoded.
 * - `authorization`: every `Authorization` header value, in order, not joined.
 * - `contentEncoding`: the `Content-Encoding` header, or null when absent.
 * - `partialBody`: the proxy says that it cut the body off.
 * - `body`: emptied once it has been read, since a request may wait long for ECPDS.
 * - `routeOperation`: the operation that the proxy's route is for, when the proxy says so; it must be the path's.
 * - `routeLabel`: what the proxy calls its route in the events, or null.
 * - `trace`: the headers of W3C Trace Context, when there is a `traceparent`, valid or not.
 * - `deadline`: when the asker stops waiting, in milliseconds of the monotonic clock, or null for the default.
 */
export interface AuthzRequest {
  readonly transport: Transport;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly authorization: readonly string[];
  readonly contentEncoding: string | null;
  readonly partialBody: boolean;
  body: Uint8Array;
  readonly deadline: number | null;
  readonly routeOperation: string | null;
  readonly routeLabel: string | null;
  readonly trace?: TraceHeaders | undefined;
}
