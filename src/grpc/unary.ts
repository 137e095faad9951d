import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Room } from '../net/collector.js';
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

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const OK_TRAILERS = { 'grpc-status': '0' };

export interface UnaryOptions {
  /** For large messages. */
  readonly room: Room;
  /** How long the message may take to arrive, in milliseconds, and the answer to be taken, up to twice. */
  readonly receiveMs: number;
}

/** Serves one call: reads its message, asks the method, and ends the stream with message and status. */
export function serveUnary(
  stream: ServerHttp2Stream,
  metadata: Metadata,
  method: UnaryMethod,
  { room, receiveMs }: UnaryOptions,
): void {
  const reader = new FrameReader(room);
  let ended = false;
  let answered = false;
  const answer = (reply: Uint8Array | CallFailure): void => {
    reader.release();
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
  const patience = watchCall(stream, receiveMs, {
    hasArrived: () => stream.readableEnded,
    isAnswered: () => answered,
    tooSlow: () => fail('too_slow'),
  });
  stream.once('close', () => {
    clearTimeout(patience);
    reader.release();
  });
  // A stream that its peer resets: there is nobody left to answer.
  stream.on('error', () => stream.destroy());
  stream.on('data', (chunk: Buffer) => {
    if (answered || reader.push(chunk)) return;
    fail(reader.fault ?? 'not_one_message');
    // No proxy sends so much; what Node still holds of it would soon keep the connection from taking calls.
    if (reader.fault === 'too_large') stream.session?.close();
  });
  stream.on('end', () => {
    if (ended || answered || stream.aborted) return;
    ended = true;
    const message = reader.message();
    if (typeof message === 'string') return fail(message);
    handled(method, message, metadata).then(answer, () => answer(BUG));
    // It has been read by now: a call may wait long for its verdict, and takes no room meanwhile.
    reader.release();
  });
}

interface CallState {
  readonly hasArrived: () => boolean;
  readonly isAnswered: () => boolean;
  readonly tooSlow: () => void;
}

/** One timer for a call's whole life: for its message, and for a peer that does not take the answer. */
function watchCall(stream: ServerHttp2Stream, everyMs: number, call: CallState): NodeJS.Timeout {
  let wasAnswered = false;
  const timer = setTimeout(() => {
    if (wasAnswered) {
      giveUp(stream);
      return;
    }
    wasAnswered = call.isAnswered();
    if (!wasAnswered && !call.hasArrived()) call.tooSlow();
    timer.refresh();
  }, everyMs);
  return timer;
}

/** A stream that is closing waits for its answer to be taken; only destroying it ends that. */
function giveUp(stream: ServerHttp2Stream): void {
  if (stream.closed) stream.destroy();
  else stream.close(constants.NGHTTP2_CANCEL);
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
