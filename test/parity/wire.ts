import { connect } from 'node:net';
import type { WireRequest } from './corpus.js';

export interface Target {
  readonly port: number;
}

const TIMEOUT_MS = 15_000;

/** The answer's status, and the `code` of its JSON body; a status of 0 is a connection closed without an answer. */
export interface WireAnswer {
  readonly status: number;
  readonly code: string | null;
}

/** Sends a request byte by byte as written, which no HTTP client would, and reads what came of it. */
export function send(request: WireRequest, { port }: Target): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(headOf(request));
      socket.write(Buffer.from(request.body, 'base64'));
    });
    let received = '';
    const finish = (): void => {
      socket.destroy();
      resolve(answerIn(received));
    };
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer to ${request.name}`)));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      // A stream that was allowed never ends; its status is all that matters.
      if (/^HTTP\/1\.1 200 /.test(received)) finish();
    });
    socket.on('error', (error) => (received === '' ? reject(error) : finish()));
    socket.on('close', finish);
  });
}

/** The path as UTF-8; of header values each letter is a byte, so that they need not be UTF-8. */
function headOf(request: WireRequest): Buffer {
  const fields = [
    'host: gateway.example',
    'connection: close',
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(request.body, 'base64')}`,
  ];
  return Buffer.concat([
    Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n`, 'utf8'),
    Buffer.from(`${fields.join('\r\n')}\r\n\r\n`, 'latin1'),
  ]);
}

function answerIn(received: string): WireAnswer {
  const status = Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(received)?.[1] ?? 0);
  return { status, code: /"code":"([A-Z_]+)"/.exec(received)?.[1] ?? null };
}

/** Sends all requests, so many at a time; the answers are in the order of the requests. */
export async function sendAll(
  requests: readonly WireRequest[],
  target: Target,
  concurrency = 16,
): Promise<WireAnswer[]> {
  const answers: WireAnswer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const request = requests[i];
      if (request !== undefined) answers[i] = await send(request, target);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return answers;
}
