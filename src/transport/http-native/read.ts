import type { IncomingMessage } from 'node:http';
import type { AuthzRequest } from '../../domain/request.js';
import { requestFromMessage } from '../http-message.js';

/** nginx and direct callers: the request as the gateway would get it. */
export function readNative(message: IncomingMessage, target: string, body: Uint8Array): AuthzRequest {
  return requestFromMessage(message, body, { transport: 'http', target, deadline: null });
}
