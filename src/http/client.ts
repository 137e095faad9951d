import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import type { Fetch, FetchInit, FetchResponse } from './bounded-get.js';
import { ACCEPT_ENCODING, decoded } from './decoded.js';

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
  return { fetch: (url, init) => once(agent, url, init), close: () => agent.close() };
}

const HEADERS = { accept: '*/*', 'accept-encoding': ACCEPT_ENCODING, 'user-agent': 'aviso-ecpds-authz' };

/**
 * One request and its answer. Not `fetch` itself: that asks again after a 421 and has no answer for a 407 (Fetch standard,
 * "HTTP-network-or-cache fetch").
 */
async function once(agent: Agent, url: URL, init: FetchInit): Promise<FetchResponse> {
  const headers = { ...HEADERS, ...init.headers };
  const answer = await request(url, { dispatcher: agent, headers, signal: init.signal });
  const get = (name: string): string | null => {
    const value = answer.headers[name.toLowerCase()];
    return value === undefined ? null : [value].flat().join(', ');
  };
  return {
    status: answer.statusCode,
    headers: { get },
    body: decoded(answer.body, get('content-encoding') ?? ''),
  };
}
