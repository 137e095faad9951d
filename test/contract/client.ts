import { request } from 'node:http';
import type { Case, Expectation } from './cases.js';

/** What a client sees of an answer. */
export interface Seen {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: unknown;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const TIMEOUT_MS = 20_000;

/** Sends a case's request and reads the answer: a refusal whole, a stream up to its first bytes. */
export function send(test: Case, port: number): Promise<Seen> {
  const payload = test.body ?? '';
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: test.method ?? 'POST',
      path: test.path ?? '/api/v1/watch',
      agent: false,
      timeout: TIMEOUT_MS,
      headers: headersOf(test, payload),
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      const finish = (): void => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
        const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
        const code =
          typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
        resolve({ status: response.statusCode ?? 0, code, body, headers: response.headers });
        outgoing.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (response.headers['content-type']?.startsWith('text/event-stream')) finish();
      });
      response.on('end', finish);
      response.on('error', reject);
    });
    outgoing.end(payload);
  });
}

/** As a flat list, so that a header can be sent twice. */
function headersOf(test: Case, payload: string | Buffer): string[] {
  const authorization = (test.authorization ?? []).flatMap((value) => ['authorization', value]);
  const length = test.method === 'GET' ? [] : ['content-length', String(Buffer.byteLength(payload))];
  return ['host', 'gateway.example', ...authorization, ...(test.headers ?? []).flat(), ...length];
}

/** What the case expects over one transport. */
export const expectationOf = (test: Case, transport: string): Expectation =>
  test.only?.[transport] ?? test.expect;
