import type { Decision } from '../../domain/decision.js';
import type { AuthzRequest } from '../../domain/request.js';
import { fail, ok, type Result } from '../../domain/result.js';
import type { HeaderMap } from '../../grpc/gen/envoy/config/core/v3/base.js';
import type { AttributeContext_HttpRequest } from '../../grpc/gen/envoy/service/auth/v3/attribute_context.js';
import { CheckRequest } from '../../grpc/gen/envoy/service/auth/v3/external_auth.js';
import { grpcTimeoutMs } from '../../grpc/timeout.js';
import type { Metadata } from '../../grpc/unary.js';
import { isWellFormed, type Shape } from '../../grpc/well-formed.js';
import { DEADLINE_SHARE, statedDeadline } from '../deadline.js';
import { addHeader, noHeaders, type RequestHeaders, traceOf } from '../request-headers.js';
import { requestIdFrom } from '../request-id.js';

/** A check of Envoy's, and what its answer depends on beside the decision. */
export interface Check {
  readonly request: AuthzRequest;
  /** The names of the client's own `x-aviso-*` headers, none of which may reach the gateway. */
  readonly forged: readonly string[];
}

/**
 * Reads a `CheckRequest`. Fails with the refusal of a message that is none, or whose body is not the gateway's bytes.
 *
 * @param arrivedAt when the call began, in milliseconds of the monotonic clock
 */
export function readCheck(
  message: Uint8Array,
  metadata: Metadata,
  arrivedAt: number,
): Result<Check, Decision> {
  const attributes = decoded(message)?.attributes;
  const http = attributes?.request?.http;
  if (attributes === undefined || http === undefined) return fail(NOT_A_CHECK);
  if (http.body !== '') return fail(BODY_NOT_RAW);
  const headers = readHeaders(http);
  return ok({
    forged: headers.forged,
    request: {
      transport: 'envoy_grpc',
      requestId: requestIdFrom(headers.requestId),
      method: http.method,
      target: http.path,
      authorization: headers.authorization,
      contentEncoding: headers.contentEncoding,
      partialBody: headers.partialBody,
      body: http.rawBody,
      deadline: deadlineOf(metadata, arrivedAt),
      routeOperation: attributes.contextExtensions.get('operation') ?? null,
      routeLabel: labelOf(attributes.contextExtensions.get('label')),
      trace: traceOf(headers),
    },
  });
}

const NOT_A_CHECK: Decision = {
  kind: 'invalid',
  code: 'INVALID_REQUEST_SHAPE',
  message: 'the request is not a check that can be read',
};

/** Without `pack_as_bytes` Envoy writes `!` for what is no UTF-8: another body than the gateway gets. */
const BODY_NOT_RAW: Decision = {
  kind: 'error',
  errorKind: 'body_not_raw',
  cause: new Error('with_request_body needs pack_as_bytes: true'),
  cacheOutcome: null,
};

const STRINGS: Shape = new Map();
const HTTP_REQUEST: Shape = new Map([
  [3, STRINGS],
  [13, new Map([[1, STRINGS]])],
]);
/** The messages within a `CheckRequest`, by the field numbers of `proto/`. */
const CHECK_REQUEST: Shape = new Map([
  [
    1,
    new Map([
      [4, new Map([[2, HTTP_REQUEST]])],
      [10, STRINGS],
    ]),
  ],
]);

function decoded(message: Uint8Array): CheckRequest | null {
  if (!isWellFormed(message, CHECK_REQUEST)) return null;
  try {
    return CheckRequest.decode(message);
  } catch {
    // The reader throws on nothing but malformed input.
    return null;
  }
}

function readHeaders({ headers, headerMap }: AttributeContext_HttpRequest): RequestHeaders {
  const read = noHeaders();
  for (const [name, value] of headers) addHeader(read, name, value);
  for (const { key, value, rawValue } of headersIn(headerMap)) {
    addHeader(read, key, rawValue.length === 0 ? value : latin1(rawValue));
  }
  return read;
}

const headersIn = (map: HeaderMap | undefined): HeaderMap['headers'] => map?.headers ?? [];

/** A character a byte, as Node reads the headers of HTTP. */
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

function deadlineOf(metadata: Metadata, arrivedAt: number): number | null {
  const timeout = grpcTimeoutMs(metadata['grpc-timeout']);
  const stated = statedDeadline(metadata['x-envoy-expected-rq-timeout-ms'], arrivedAt);
  if (timeout === null) return stated;
  return Math.min(arrivedAt + timeout * DEADLINE_SHARE, stated ?? Number.POSITIVE_INFINITY);
}

/** A short plain word, or none: it stands in every event about the request. */
const labelOf = (text: string | undefined): string | null =>
  text !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : null;
