import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECK, checkMessage, verdictIn } from '../../../helpers/grpc.js';
import { frame } from '../../../helpers/raw-grpc.js';
import { LEAVES_AFTER_MS } from './http-client.js';
import type { Plan } from './plan.js';
import { broken, type Came, GONE } from './wire.js';

/** Envoy has a connection per worker. */
const SESSIONS = 3;
const DRIBBLES = { pieces: 6, pauseMs: 100 };
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Brings requests as Envoy does over gRPC: a `CheckRequest` on a stream of a connection that is kept. */
export class GrpcClient {
  readonly #port: number;
  readonly #sessions: ClientHttp2Session[] = [];
  #next = 0;

  constructor(port: number) {
    this.#port = port;
  }

  async bring(plan: Plan): Promise<Came> {
    if (plan.manner === 'half_head') return halfPreface(this.#port, plan.holdMs);
    if (breaksConnection(plan)) return this.#broken(plan);
    return exchange(this.#session(), plan);
  }

  /** On a connection of its own, which ends without a word: no stream of it is ended or reset. */
  async #broken(plan: Plan): Promise<Came> {
    const socket = connectTcp({ port: this.#port, host: '127.0.0.1', noDelay: true });
    const session = connect(`http://127.0.0.1:${this.#port}`, { createConnection: () => socket });
    session.on('error', () => undefined); // its stream says so, too
    const timer = setTimeout(() => socket.destroy(), LEAVES_AFTER_MS);
    const came = await exchange(session, plan);
    clearTimeout(timer);
    session.destroy();
    return came.kind === 'ended' ? GONE : came;
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
    this.#sessions.length = 0;
  }

  #session(): ClientHttp2Session {
    this.#next = (this.#next + 1) % SESSIONS;
    const known = this.#sessions[this.#next];
    if (known !== undefined && !known.destroyed && !known.closed) return known;
    const session = connect(`http://127.0.0.1:${this.#port}`);
    session.on('error', () => undefined); // its streams say so, too
    this.#sessions[this.#next] = session;
    return session;
  }
}

/** Whoever goes away in the middle breaks the connection, and half of those who do not wait; the others reset a stream. */
const breaksConnection = ({ manner, id }: Plan): boolean =>
  manner === 'cut_off' || (manner === 'left' && Number(id.slice(-1)) % 2 === 0);

async function exchange(session: ClientHttp2Session, plan: Plan): Promise<Came> {
  const stream = session.request({
    ':method': 'POST',
    ':path': CHECK,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': `${plan.patienceMs}m`,
  });
  const came = answerOn(stream);
  await send(stream, bytesOf(plan), plan);
  return came;
}

async function send(stream: ClientHttp2Stream, bytes: Buffer, plan: Plan): Promise<void> {
  const half = bytes.subarray(0, bytes.length / 2);
  switch (plan.manner) {
    case 'whole':
    case 'head_only':
      return void stream.end(bytes);
    case 'dribbled':
      return dribble(stream, bytes);
    case 'half_body':
    case 'half_head':
      stream.write(half);
      return cancelAfter(stream, plan.holdMs);
    case 'cut_off':
      return void stream.write(half);
    case 'left':
      stream.end(bytes);
      return breaksConnection(plan) ? undefined : cancelAfter(stream, LEAVES_AFTER_MS);
    default:
      return plan.manner satisfies never;
  }
}

async function dribble(stream: ClientHttp2Stream, bytes: Buffer): Promise<void> {
  const size = Math.ceil(bytes.length / DRIBBLES.pieces);
  for (let at = 0; at < bytes.length; at += size) {
    if (at > 0) await pause(DRIBBLES.pauseMs);
    if (!stream.destroyed) stream.write(bytes.subarray(at, at + size));
  }
  stream.end();
}

function cancelAfter(stream: ClientHttp2Stream, ms: number): void {
  const timer = setTimeout(() => {
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
  }, ms);
  stream.once('close', () => clearTimeout(timer));
}

function answerOn(stream: ClientHttp2Stream): Promise<Came> {
  const chunks: Buffer[] = [];
  let status: unknown;
  const note = (headers: Readonly<Record<string, unknown>>): void => {
    status = headers['grpc-status'] ?? status;
  };
  stream.on('response', note).on('trailers', note);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    stream.on('error', () => undefined); // 'close' follows
    stream.on('close', () => {
      if (status !== undefined) resolve(answerOf(Number(status), Buffer.concat(chunks)));
      else if (stream.rstCode === constants.NGHTTP2_CANCEL) resolve(GONE);
      else resolve({ kind: 'ended', why: `stream closed with ${stream.rstCode}` });
    });
  });
}

function answerOf(grpcStatus: number, bytes: Buffer): Came {
  if (grpcStatus !== 0) return broken(`grpc-status ${grpcStatus}`);
  if (bytes.length < 5 || bytes.readUInt32BE(1) !== bytes.length - 5) return broken('not one message');
  const { allowed, kind, http, headers } = verdictIn(bytes.subarray(5));
  if (allowed !== (kind === 'okResponse')) return broken(`${kind} with the other code`);
  const answer = {
    status: allowed ? 200 : (http ?? 0),
    allows: allowed,
    requestId: headers.get('x-request-id') ?? null,
    user: headers.get('x-aviso-user') ?? null,
  };
  return { kind: 'answered', answer };
}

function bytesOf({ method, path, body, token, id }: Plan): Buffer {
  const authorization = token === null ? [] : [['authorization', `Bearer ${token}`] as const];
  const headers = [...authorization, ['x-request-id', id] as const];
  return frame(checkMessage({ method, path, headers, rawBody: Buffer.from(body, 'latin1') }));
}

/** Half of what every HTTP/2 connection begins with. */
function halfPreface(port: number, holdMs: number): Promise<Came> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(PREFACE.slice(0, 10)));
    const timer = setTimeout(() => socket.destroy(), holdMs);
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(GONE);
    });
  });
}
