import type { AuthzRequest } from '../../domain/request.js';
import { statedDeadline } from '../deadline.js';
import type { HttpMessage } from '../http-message.js';
import { traceOf } from '../request-headers.js';
import { requestIdFrom } from '../request-id.js';

/** Envoy's `path_prefix`: it stands before the client's own path. */
export const ENVOY_PREFIX = '/envoy';

/**
 * An `ext_authz` call of Envoy's HTTP service.
 *
 * @param now the monotonic clock that deadlines are in, in milliseconds
 */
export function readEnvoyHttp(
  { method, target, headers }: HttpMessage,
  body: Uint8Array,
  now: number,
): AuthzRequest {
  return {
    transport: 'envoy_http',
    requestId: requestIdFrom(headers.requestId),
    method,
    target: target.slice(ENVOY_PREFIX.length),
    authorization: headers.authorization,
    contentEncoding: headers.contentEncoding,
    partialBody: headers.partialBody,
    body,
    deadline: statedDeadline(headers.expectedTimeoutMs, now),
    routeOperation: null,
    routeLabel: null,
    trace: traceOf(headers),
  };
}
