import { Collector, type Room } from '../net/collector.js';

/** What is wrong with the one message that a unary call should have brought, or with how much else is on its way. */
export type FrameFault = 'compressed' | 'too_large' | 'not_one_message' | 'no_room';

/** A byte that says whether the message is compressed, and four for its length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const PREFIX_BYTES = 5;

/** The largest message that is taken, in bytes: gRPC's own default. A whole request is an eighth of it. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Collects the one message of a unary call from its pieces: never more than its prefix says, nor than {@link MAX_MESSAGE_BYTES}. */
export class FrameReader {
  #body: Collector;
  /** What the prefix says, itself included; null until it has arrived. */
  #expected: number | null = null;
  #fault: FrameFault | null = null;

  constructor(room: Room) {
    this.#body = new Collector(room);
  }

  /** False once there cannot be one message any more: the rest need not be read. */
  push(chunk: Buffer): boolean {
    if (this.#fault !== null) return false;
    if (!this.#body.push(chunk)) return this.#failed('no_room');
    const { size } = this.#body;
    if (size < PREFIX_BYTES) return true;
    this.#expected ??= PREFIX_BYTES + this.#body.bytes().readUInt32BE(1);
    if (this.#expected > PREFIX_BYTES + MAX_MESSAGE_BYTES) return this.#failed('too_large');
    return size <= this.#expected || this.#failed('not_one_message');
  }

  /** The message, once everything has arrived. It may be used until the reader is released. */
  message(): Buffer | FrameFault {
    if (this.#fault !== null) return this.#fault;
    if (this.#body.size !== this.#expected) return 'not_one_message';
    const bytes = this.#body.bytes();
    return bytes[0] === 0 ? bytes.subarray(PREFIX_BYTES) : 'compressed';
  }

  /** What is wrong already, before everything has arrived; null when nothing is. */
  get fault(): FrameFault | null {
    return this.#fault;
  }

  /** Lets go of what was collected. */
  release(): void {
    this.#body.release();
  }

  #failed(fault: FrameFault): false {
    this.#fault = fault;
    this.#body.release();
    return false;
  }
}

/** A message with its prefix, uncompressed. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
