import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type FrameFault, FrameReader, framed } from './frame.js';
import { type CallFailure, GRPC_STATUS } from './status.js';

/** Why a call brought no message: the framing's faults, or the peer took too long to send it. */
export type CallFault = FrameFault | 'too_slow';

/** The headers of a call. */
export type Metadata = IncomingHttpHeaders;

/** One method of a service: a message in, a message out. */
export interface UnaryMethod {
  /** Answers a message; a rejection or an exception ends the call with INTERNAL. */
  handle(message: Uint8Array, metadata: Metadata): Promise<Uint8Array | CallFailure>;
  /** Answers a call that brought no message; an exception ends it with INTERNAL. */
  fault(fault: CallFault, metadata: Metadata): Uint8Array | CallFailure;
}

/** A proxy has the whole request before it asks, so it never needs long to send it; in milliseconds. */
export const RECEIVE_TIMEOUT_MS = 15_000;

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const OK_TRAILERS = { 'grpc-status': '0' };

/**
 * Serves one call: reads its message, asks the method, and ends the stream with message and status.
 *
 * @param receiveTimeoutMs how long the message may take to arrive, in milliseconds
 */
export function serveUnary(
  stream: ServerHttp2Stream,
  metadata: Metadata,
  method: UnaryMethod,
  receiveTimeoutMs: number,
): void {
  const reader = new FrameReader();
  let ended = false;
  let answered = false;
  const answer = (reply: Uint8Array | CallFailure): void => {
    if (answered || stream.destroyed || stream.closed) return;
    answered = true;
    try {
      if (reply instanceof Uint8Array) sendMessage(stream, reply);
      else sendFailure(stream, reply);
    } catch {
      // A bug in answering: without an answer the peer must not wait, and in an event it would end the process.
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  };
  const fail = (fault: CallFault): void => {
    if (!answered && !stream.destroyed) answer(faultAnswer(method, fault, metadata));
  };
  const patience = setTimeout(fail, receiveTimeoutMs, 'too_slow');
  stream.once('close', () => clearTimeout(patience));
  // A stream that its peer resets: there is nobody left to answer.
  stream.on('error', () => stream.destroy());
  stream.on('data', (chunk: Buffer) => {
    if (!answered && !reader.push(chunk)) fail('too_large');
  });
  stream.on('end', () => {
    clearTimeout(patience);
    if (ended || answered || stream.aborted) return;
    ended = true;
    const message = reader.message();
    if (typeof message === 'string') fail(message);
    else handled(method, message, metadata).then(answer, () => answer(BUG));
  });
}

const BUG: CallFailure = { status: GRPC_STATUS.INTERNAL, message: 'the call failed unexpectedly' };

/** Async, so that a method that throws at once is a rejection like any other: in an event it would end the process. */
async function handled(method: UnaryMethod, message: Uint8Array, metadata: Metadata) {
  return method.handle(message, metadata);
}

function faultAnswer(method: UnaryMethod, fault: CallFault, metadata: Metadata): Uint8Array | CallFailure {
  try {
    return method.fault(fault, metadata);
  } catch {
    return BUG;
  }
}

function sendMessage(stream: ServerHttp2Stream, message: Uint8Array): void {
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => {
    stream.sendTrailers(OK_TRAILERS);
    // Not at once: a reset overtakes trailers that are still queued, and without them there is no answer.
    setImmediate(stopReceiving, stream);
  });
  stream.end(framed(message));
}

/** Headers and status in one frame, without a message ("Trailers-Only"). */
export function sendFailure(stream: ServerHttp2Stream, { status, message }: CallFailure): void {
  const trailers = { 'grpc-status': String(status), 'grpc-message': message };
  stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
  stopReceiving(stream);
}

/** Of a message that is answered before it has arrived, the rest is nobody's; the stream would wait for it. */
function stopReceiving(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}
