import { type ClientHttp2Session, connect } from 'node:http2';

/** What a unary call came to. */
export interface CallAnswer {
  readonly status: number;
  readonly grpcStatus: string | null;
  /** What came as the body, with its prefix. */
  readonly body: Buffer;
}

/** No call takes longer, in milliseconds. */
const PATIENCE_MS = 20_000;
const CHECK_PATH = '/envoy.service.auth.v3.Authorization/Check';

/** Calls `Check` on a port of loopback with any bytes in place of a frame; a connection that is gone is made anew. */
export class CheckClient {
  #session: ClientHttp2Session | null = null;

  constructor(private readonly port: number) {}

  /** Rejects when the call hangs or breaks off. */
  call(pieces: readonly Uint8Array[]): Promise<CallAnswer> {
    const headers = {
      ':method': 'POST',
      ':path': CHECK_PATH,
      'content-type': 'application/grpc',
      te: 'trailers',
    };
    const stream = this.#connected().request(headers, { endStream: false });
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let status = 0;
      let grpcStatus: string | null = null;
      const take = (value: unknown): void => {
        if (value !== undefined) grpcStatus = String(value);
      };
      const patience = setTimeout(() => {
        stream.destroy();
        reject(new Error(`no answer within ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      stream.on('response', (received) => {
        status = Number(received[':status']);
        take(received['grpc-status']);
      });
      stream.on('trailers', (received) => take(received['grpc-status']));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      // What was refused before it had arrived is reset after its answer.
      stream.on('error', () => undefined);
      stream.on('close', () => {
        clearTimeout(patience);
        resolve({ status, grpcStatus, body: Buffer.concat(chunks) });
      });
      for (const piece of pieces) stream.write(piece);
      stream.end();
    });
  }

  close(): void {
    this.#session?.destroy();
  }

  #connected(): ClientHttp2Session {
    if (this.#session !== null && !this.#session.closed && !this.#session.destroyed) return this.#session;
    this.#session = connect(`http://127.0.0.1:${this.port}`);
    this.#session.on('error', () => undefined);
    return this.#session;
  }
}

const PREFIX_BYTES = 5;

/** The prefix of a gRPC message, and the message; either can be made to lie. */
export function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** The one message of an answer, or null where it is not one. */
export function messageIn({ status, grpcStatus, body }: CallAnswer): Buffer | null {
  if (status !== 200 || grpcStatus !== '0' || body.length < PREFIX_BYTES || body[0] !== 0) return null;
  return body.readUInt32BE(1) === body.length - PREFIX_BYTES ? body.subarray(PREFIX_BYTES) : null;
}
