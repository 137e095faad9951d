import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Fetch } from './bounded-get.js';

export interface HttpClientSettings {
  /** Name lookup, TCP and TLS together, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** A PEM file of trust anchors to use beside Node's own, or null. */
  readonly caFile: string | null;
}

/** An HTTP client with a connection pool of its own. `close` lets requests in flight finish. */
export interface HttpClient {
  readonly fetch: Fetch;
  close(): Promise<void>;
}

/** Rejects when `caFile` cannot be read. */
export async function createHttpClient(settings: HttpClientSettings): Promise<HttpClient> {
  const { connectTimeoutMs, caFile } = settings;
  const extra = caFile === null ? {} : { ca: [...rootCertificates, await readFile(caFile, 'utf8')] };
  const agent = new Agent({ connect: { timeout: connectTimeoutMs, ...extra } });
  return {
    fetch: (url, init) => undiciFetch(url, { ...init, dispatcher: agent }),
    close: () => agent.close(),
  };
}
