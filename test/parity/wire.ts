import { connect } from 'node:net';
import type { WireRequest } from './corpus.js';

export interface Target {
  readonly port: number;
}

const TIMEOUT_MS = 15_000;

/** Sends a request byte by byte as written, which no HTTP client would, and returns the status of the answer. */
export function statusFor(request: WireRequest, { port }: Target): Promise<number> {
  const body = Buffer.from(request.body, 'base64');
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    'host: gateway.example',
    'connection: close',
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head);
      socket.write(body);
    });
    let received = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer to ${request.name}`)));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const status = /^HTTP\/1\.1 ([0-9]{3}) [^\n]*\n/.exec(received)?.[1];
      if (status === undefined || status === '100') return;
      socket.destroy();
      resolve(Number(status));
    });
    socket.on('error', (error) => (received === '' ? resolve(0) : reject(error)));
    socket.on('close', () => resolve(0));
  });
}

/** All statuses, in order, so many requests at a time. */
export async function statusesFor(
  requests: readonly WireRequest[],
  target: Target,
  concurrency = 16,
): Promise<number[]> {
  const statuses: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const request = requests[i];
      if (request !== undefined) statuses[i] = await statusFor(request, target);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return statuses;
}
