import { verdictIn } from '../../../helpers/grpc.js';
import { openPeer, type Peer } from './peer.js';

/** Frame types and flags of RFC 9113. */
export const TYPE = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;
export const FLAG = { END_STREAM: 1, ACK: 1, END_HEADERS: 4 } as const;

const NOTHING = Buffer.alloc(0);

/** One frame; nothing about it is checked. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = NOTHING): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return frame(TYPE.SETTINGS, 0, 0, payload);
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0, 0);
  return bytes;
};

/** A header as an HPACK literal: never indexed, or put into the dynamic table. */
export function literal(name: string, value: string, indexed = false): Buffer {
  const [n, v] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.of(indexed ? 0x40 : 0), hpackLength(n.length), n, hpackLength(v.length), v]);
}

/** A string's length: an integer with a prefix of seven bits (RFC 7541, 5.1). */
function hpackLength(length: number): Buffer {
  if (length < 127) return Buffer.of(length);
  const bytes = [127];
  let rest = length - 127;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** The header block of a call. */
export const callHead = (path: string, more: readonly (readonly [string, string])[] = []): Buffer =>
  Buffer.concat(
    [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', 'authz'],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ...more,
    ].map(([name = '', value = '']) => literal(name, value)),
  );

/** A length-prefixed gRPC message; the prefix can be made to lie. */
export function message(bytes: Uint8Array, flag = 0, length = bytes.length): Buffer {
  return Buffer.concat([Buffer.of(flag), u32(length), bytes]);
}

/** A whole call in two frames. */
export const call = (stream: number, path: string, body: Buffer): Buffer =>
  Buffer.concat([
    frame(TYPE.HEADERS, FLAG.END_HEADERS, stream, callHead(path)),
    frame(TYPE.DATA, FLAG.END_STREAM, stream, body),
  ]);

/** A connection that has said hello. */
export async function openHttp2(
  port: number,
  ...pairs: readonly (readonly [number, number])[]
): Promise<Peer> {
  const peer = await openPeer(port);
  peer.socket.write(Buffer.concat([PREFACE, settings(...pairs)]));
  return peer;
}

export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The frames that came on a connection. */
export function framesIn(text: string): ReceivedFrame[] {
  const bytes = Buffer.from(text, 'latin1');
  const frames: ReceivedFrame[] = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    const payload = bytes.subarray(at + 9, at + 9 + length);
    if (payload.length < length) break;
    const [type = 0, flags = 0] = bytes.subarray(at + 3, at + 5);
    frames.push({ type, flags, stream: bytes.readUInt32BE(at + 5) & 0x7fffffff, payload });
    at += 9 + length;
  }
  return frames;
}

/** The verdicts that came, by stream: whether each lets its request through, and the status that the client would see. */
export function verdictsIn(text: string): Map<number, { readonly allowed: boolean; readonly http: number }> {
  const bodies = new Map<number, Buffer>();
  for (const { type, stream, payload } of framesIn(text)) {
    if (type === TYPE.DATA) bodies.set(stream, Buffer.concat([bodies.get(stream) ?? NOTHING, payload]));
  }
  const verdicts = new Map<number, { allowed: boolean; http: number }>();
  for (const [stream, body] of bodies) {
    if (body.length < 5) continue;
    const { allowed, http } = verdictIn(body.subarray(5));
    verdicts.set(stream, { allowed, http: http ?? 200 });
  }
  return verdicts;
}
