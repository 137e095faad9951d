import { connect } from 'node:net';
import { frame } from './raw-grpc.js';

const TYPE = { DATA: 0, HEADERS: 1, RST_STREAM: 3, SETTINGS: 4, PING: 6, GOAWAY: 7 } as const;
const [END_STREAM, ACK, END_HEADERS] = [1, 1, 4];
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** An HTTP/2 frame (RFC 9113, 4.1). */
function encoded(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header as a literal that is not indexed (RFC 7541, 6.2.2). */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);

function callFrames(stream: number, path: string): Buffer {
  const headers = Buffer.concat([
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':authority', 'authz'),
    literal(':path', path),
    literal('content-type', 'application/grpc'),
  ]);
  return Buffer.concat([
    encoded(TYPE.HEADERS, END_HEADERS, stream, headers),
    encoded(TYPE.DATA, END_STREAM, stream, frame(Buffer.from('hello'))),
  ]);
}

/** What became of calls that were sent, one after another, until the server said goodbye. */
export interface Crossing {
  readonly sent: number;
  /** Calls whose stream the server ended with trailers. */
  readonly answered: number;
  readonly reset: number;
  /** The last stream ids of the GOAWAYs, in order. */
  readonly goodbyes: readonly number[];
}

/**
 * Writes calls, five at a time, until a GOAWAY arrives, and none afterwards. Unlike a client of node:http2, which drops
 * what it has not written yet, it has sent each call that it counts. Resolves when the server closes the connection.
 */
export function callUntilGoodbye(
  port: number,
  path: string,
  { host = '127.0.0.1', pauseMs = 0 }: { readonly host?: string; readonly pauseMs?: number } = {},
): Promise<Crossing> {
  return new Promise((resolve) => {
    const seen = { sent: 0, answered: 0, reset: 0, goodbyes: [] as number[] };
    const socket = connect(port, host, () => {
      socket.write(Buffer.concat([Buffer.from(PREFACE), encoded(TYPE.SETTINGS, 0, 0, Buffer.alloc(0))]));
      next();
    });
    const next = (): void => {
      if (seen.goodbyes.length > 0 || socket.destroyed) return;
      const open = seen.sent - seen.answered - seen.reset;
      for (let more = open < 50 ? 5 : 0; more > 0; more--)
        socket.write(callFrames(2 * seen.sent++ + 1, path));
      if (pauseMs === 0) setImmediate(next);
      else setTimeout(next, pauseMs);
    };
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        const length = rest.readUIntBE(0, 3);
        const [type = 0, flags = 0] = [rest[3], rest[4]];
        const payload = rest.subarray(9, 9 + length);
        rest = rest.subarray(9 + length);
        if (type === TYPE.HEADERS && (flags & END_STREAM) !== 0) seen.answered += 1;
        if (type === TYPE.RST_STREAM) seen.reset += 1;
        if (type === TYPE.GOAWAY) seen.goodbyes.push(payload.readUInt32BE(0));
        if (type === TYPE.PING && (flags & ACK) === 0) socket.write(encoded(TYPE.PING, ACK, 0, payload));
        if (type === TYPE.SETTINGS && (flags & ACK) === 0)
          socket.write(encoded(TYPE.SETTINGS, ACK, 0, Buffer.alloc(0)));
      }
    });
    // A reset is an end like any other: what was not answered by then is counted.
    socket.on('error', () => undefined).on('close', () => resolve(seen));
  });
}
