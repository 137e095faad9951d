import type { IncomingMessage } from 'node:http';
import type { AuthzRequest } from '../../domain/request.js';
import { statedDeadline } from '../deadline.js';
import { requestFromMessage } from '../http-message.js';

/** Envoy's `path_prefix`: it stands before the client's own path. */
export const ENVOY_PREFIX = '/envoy';

/**
 * An `ext_authz` call of Envoy's HTTP service.
 *
 * @param now the monotonic clock that deadlines are in, in milliseconds
 */
export function readEnvoyHttp(
  message: IncomingMessage,
  target: string,
  body: Uint8Array,
  now: number,
): AuthzRequest {
  return requestFromMessage(message, body, {
    transport: 'envoy_http',
    target: target.slice(ENVOY_PREFIX.length),
    deadline: statedDeadline(message.headers['x-envoy-expected-rq-timeout-ms'], now),
  });
}
