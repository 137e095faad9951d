import type { IncomingMessage } from 'node:http';
import type { AuthzRequest } from '../../domain/request.js';
import { requestFromMessage, single } from '../http-message.js';

/** Envoy's `path_prefix`: it stands before the client's own path. */
export const ENVOY_PREFIX = '/envoy';

/** The share of the time Envoy states that is ours; the rest is for the way back. */
const SHARE = 0.9;

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
  const deadline = deadlineFrom(single(message.headers['x-envoy-expected-rq-timeout-ms']), now);
  return requestFromMessage(message, body, {
    transport: 'envoy_http',
    target: target.slice(ENVOY_PREFIX.length),
    deadline,
  });
}

function deadlineFrom(header: string | undefined, now: number): number | null {
  if (header === undefined || !/^[1-9][0-9]{0,8}$/.test(header)) return null;
  return now + Number(header) * SHARE;
}
