import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Fetch } from './bounded-get.js';

export interface HttpClientSettings {
  /** Name lookup, TCP and TLS together, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Trust anchors to use beside Node's own, as PEM text, or null. */
  readonly ca: string | null;
}

/** An HTTP client with connections of its own, one for each call. `close` lets requests in flight finish. */
export interface HttpClient {
  readonly fetch: Fetch;
  close(): Promise<void>;
}

/** What a server says too much must never be taken for the answer to the next user (docs/decisions/0050). */
const ONE_CALL_EACH = { pipelining: 0 };

export function createHttpClient({ connectTimeoutMs, ca }: HttpClientSettings): HttpClient {
  // Once, not with each connection: to read all of Node's own anchors takes tens of milliseconds.
  const extra = ca === null ? {} : { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
  // Each call is bounded as a whole by its caller, so undici's own limits, which are shorter, stay out of it.
  const bounds = { headersTimeout: 0, bodyTimeout: 0 };
  const agent = new Agent({ ...bounds, ...ONE_CALL_EACH, connect: { timeout: connectTimeoutMs, ...extra } });
  return {
    fetch: (url, init) => undiciFetch(url, { ...init, dispatcher: agent }),
    close: () => agent.close(),
  };
}
