import { Agent, request } from 'node:http';
import { Client, credentials } from '@grpc/grpc-js';
import { bodyFor } from '../../helpers/authz.js';
import { CHECK, callOnce, checkMessage, verdictIn } from '../../helpers/grpc.js';
import { bearer } from '../../helpers/tokens.js';
import type { Mode, World } from './world.js';

export const TRANSPORTS = ['http', 'envoy_http', 'envoy_grpc'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Question {
  readonly transport: Transport;
  readonly requestId: string;
  readonly username: string;
  readonly destination: string;
  /** What the proxy says that it waits, in milliseconds; null: nothing. */
  readonly timeoutMs: number | null;
}

/** What came: the status that it means to a client, and after how many milliseconds. */
export interface Came {
  /** 0: no answer of ours. A proxy makes 503 of that. */
  readonly status: number;
  readonly afterMs: number;
}

/** So long is waited for an answer, in milliseconds; then there is none. */
export const PATIENCE_MS = 5_000;
/** What of a 4xx stands for a 5xx over Envoy's HTTP. */
const CARRIED: Readonly<Record<number, number>> = { 424: 503, 423: 500 };

/** Asks the listeners of a world as the proxies do. */
export class Asker {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #client: Client;

  constructor(
    private readonly world: Pick<World, 'httpPort' | 'grpcPort'>,
    private readonly mode: Mode,
  ) {
    this.#client = new Client(`127.0.0.1:${world.grpcPort}`, credentials.createInsecure());
  }

  async ask(question: Question): Promise<Came> {
    const startedAt = performance.now();
    const asked = question.transport === 'envoy_grpc' ? this.#overGrpc(question) : this.#overHttp(question);
    const status = await asked;
    return { status, afterMs: performance.now() - startedAt };
  }

  close(): void {
    this.#agent.destroy();
    this.#client.close();
  }

  #credentials(username: string): string {
    return this.mode === 'direct'
      ? `Basic ${Buffer.from(`${username}:x`).toString('base64')}`
      : bearer({ username });
  }

  #overHttp({ transport, requestId, username, destination, timeoutMs }: Question): Promise<number> {
    const isEnvoy = transport === 'envoy_http';
    const body = Buffer.from(bodyFor('dissemination', destination));
    const headers = {
      'content-length': body.length,
      authorization: this.#credentials(username),
      'x-request-id': requestId,
      ...(isEnvoy && timeoutMs !== null ? { 'x-envoy-expected-rq-timeout-ms': String(timeoutMs) } : {}),
    };
    const path = `${isEnvoy ? '/envoy' : ''}/api/v1/watch`;
    const { httpPort: port } = this.world;
    return new Promise((resolve) => {
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: this.#agent });
      sent.setTimeout(PATIENCE_MS, () => sent.destroy());
      sent.on('error', () => resolve(0));
      sent.on('response', (response) => {
        const status = response.statusCode ?? 0;
        response.resume().on('error', () => resolve(0));
        response.on('end', () => resolve(isEnvoy ? (CARRIED[status] ?? status) : status));
      });
      sent.end(body);
    });
  }

  async #overGrpc({ requestId, username, destination, timeoutMs }: Question): Promise<number> {
    const message = checkMessage({
      headers: [
        ['authorization', this.#credentials(username)],
        ['x-request-id', requestId],
      ],
      rawBody: bodyFor('dissemination', destination),
    });
    // By the header, so that it is the sidecar that keeps the deadline and not the client.
    const metadata = timeoutMs === null ? {} : { 'x-envoy-expected-rq-timeout-ms': String(timeoutMs) };
    const answer = await callOnce(this.#client, CHECK, message, { metadata, timeoutMs: PATIENCE_MS });
    if (answer.message === null) return 0;
    const { allowed, http } = verdictIn(answer.message);
    return allowed ? 200 : (http ?? 0);
  }
}
