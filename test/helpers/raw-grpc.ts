import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Test } from 'tap';

/** What came back on one stream: headers, all bytes, trailers, and the code it was closed with. */
export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
  readonly rstCode: number;
}

/** No answer takes longer, in milliseconds. */
const PATIENCE_MS = 20_000;

/** An HTTP/2 connection to a port on loopback, for what no gRPC client would send. */
export function rawSession(t: Test, port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  t.teardown(() => session.destroy());
  return session;
}

/** Opens a stream; what is sent on it, and whether it ends, is up to the caller. */
export function rawStream(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
): { readonly stream: ClientHttp2Stream; readonly answer: Promise<RawAnswer> } {
  const stream = session.request(
    { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers', ...headers },
    { endStream: false },
  );
  return { stream, answer: answerOn(stream) };
}

function answerOn(stream: ClientHttp2Stream): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const patience = setTimeout(() => stream.destroy(new Error('no answer in time')), PATIENCE_MS);
    stream.on('response', (received) => {
      headers = received;
    });
    stream.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      clearTimeout(patience);
      resolve({ headers, body: Buffer.concat(chunks), trailers, rstCode: stream.rstCode });
    });
  });
}

/** A length-prefixed message; the prefix can be made to lie. */
export function frame(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}
