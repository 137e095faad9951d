import type { IncomingMessage } from 'node:http';
import type { AuthzRequest } from '../domain/request.js';
import { addHeader, noHeaders, type RequestHeaders } from './request-headers.js';

/** An HTTP message whose headers have been read. */
export interface HttpMessage {
  readonly method: string;
  /** The request-target as it was sent. */
  readonly target: string;
  readonly headers: RequestHeaders;
}

/** What an adapter makes of a message and its body. */
export type ReadMessage = (message: HttpMessage, body: Uint8Array) => AuthzRequest;

/** Reads the headers as sent: Node's own `headers` keeps only the first `Authorization`. */
export function readMessage({ method = '', url = '', rawHeaders }: IncomingMessage): HttpMessage {
  const headers = noHeaders();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    addHeader(headers, rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  }
  return { method, target: url, headers };
}
