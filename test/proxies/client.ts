import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';

/** No exchange takes longer; in milliseconds. */
const PATIENCE_MS = 15_000;

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values; several values send the header several times. */
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** With `transfer-encoding: chunked` instead of a length. */
  readonly chunked?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export const WATCH = '/api/v1/watch';
export const bearer = (marker: string): { authorization: string } => ({ authorization: `Bearer ${marker}` });

/** One request over HTTP/1.1 on a connection of its own, with its whole answer. The path goes out as it is. */
export async function send(port: number, sent: Sent): Promise<Answer> {
  const response = await open(port, sent);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** The same, up to the headers of the answer; the body is the caller's to read or destroy. */
export function open(port: number, sent: Sent): Promise<IncomingMessage> {
  const { method = 'POST', path = WATCH, headers = {}, body = '{}', chunked = false } = sent;
  const length = method === 'POST' && !chunked ? { 'content-length': Buffer.byteLength(body) } : {};
  const options: RequestOptions = { port, host: '127.0.0.1', method, path, agent: false };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, headers: { ...headers, ...length } }, resolve);
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', reject);
    if (method === 'POST') for (const piece of chunked ? pieces(body) : [body]) outgoing.write(piece);
    outgoing.end();
  });
}

/** A kilobyte at a time: many chunks, and so much framing. */
function* pieces(body: string | Buffer): Generator<Buffer> {
  const bytes = Buffer.from(body);
  for (let start = 0; start < bytes.length; start += 1024) yield bytes.subarray(start, start + 1024);
}

/** One request over HTTP/2 without TLS, with its whole answer. */
export async function sendHttp2(
  port: number,
  { headers = {}, body = '{}', path = WATCH }: Sent,
): Promise<Answer> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  try {
    const pseudo: OutgoingHttpHeaders = { ':method': 'POST', ':path': path };
    const stream = session.request({ ...pseudo, ...headers });
    stream.setTimeout(PATIENCE_MS, () => stream.destroy(new Error('no answer in time')));
    const answered = new Promise<IncomingHttpHeaders & { ':status'?: number }>((resolve, reject) => {
      stream.once('response', resolve);
      stream.once('error', reject);
      session.once('error', reject);
    });
    stream.end(body);
    const received = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { status: received[':status'] ?? 0, headers: received, text: Buffer.concat(chunks).toString() };
  } finally {
    session.destroy();
  }
}

/** Bytes as they are, and what comes back: a whole answer, or whatever there is when the proxy closes. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk) => {
      received += chunk;
      if (isWhole(received)) socket.destroy();
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.once('close', () => resolve(received)).once('error', reject);
  });
}

/** Envoy leaves a connection open for a second after an answer that ends it, so its end can't be waited for. */
function isWhole(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const body = rest.join('\r\n\r\n');
  return length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length);
}

/** The `data:` of each event of a stream, as it comes. */
export async function* events(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString()).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield part.replace(/^data: /, '');
  }
}

/** Looks every 10 ms until it is so; false when it isn't within ten seconds. */
export async function becomes(isSo: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 1000; tries++) {
    if (isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
