import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Fetch } from './bounded-get.js';

export interface HttpClientSettings {
  /** Name lookup, TCP and TLS together, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Trust anchors to use beside Node's own, as PEM text, or null. */
  readonly ca: string | null;
}

/** An HTTP client with a connection pool of its own. `close` lets requests in flight finish. */
export interface HttpClient {
  readonly fetch: Fetch;
  close(): Promise<void>;
}

export function createHttpClient({ connectTimeoutMs, ca }: HttpClientSettings): HttpClient {
  // Once, not with each connection: to read all of Node's own anchors takes tens of milliseconds.
  const extra = ca === null ? {} : { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
  // Each call is bounded as a whole by its caller, so undici's own limits, which are shorter, stay out of it.
  const bounds = { headersTimeout: 0, bodyTimeout: 0 };
  const agent = new Agent({ ...bounds, connect: { timeout: connectTimeoutMs, ...extra } });
  return {
    fetch: (url, init) => undiciFetch(url, { ...init, dispatcher: agent }),
    close: () => agent.close(),
  };
}
