import type { AuthzRequest } from '../../domain/request.js';
import type { HttpMessage } from '../http-message.js';
import { traceOf } from '../request-headers.js';
import { requestIdFrom } from '../request-id.js';

/** nginx and direct callers: the request as the gateway would get it. */
export function readNative({ method, target, headers }: HttpMessage, body: Uint8Array): AuthzRequest {
  return {
    transport: 'http',
    requestId: requestIdFrom(headers.requestId),
    method,
    target,
    authorization: headers.authorization,
    contentEncoding: headers.contentEncoding,
    partialBody: headers.partialBody,
    body,
    deadline: null,
    routeOperation: null,
    routeLabel: null,
    trace: traceOf(headers),
  };
}
