/** What is wrong with the one message that a unary call should have brought. */
export type FrameFault = 'compressed' | 'too_large' | 'not_one_message';

/** A byte that says whether the message is compressed, and four for its length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const PREFIX_BYTES = 5;

/** The largest message that is taken, in bytes: gRPC's own default. A whole request is an eighth of it. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Collects the one message of a unary call from its pieces, and never more than {@link MAX_MESSAGE_BYTES}. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /** False once there is more than one message may be: the rest need not be read. */
  push(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size > PREFIX_BYTES + MAX_MESSAGE_BYTES) {
      this.#chunks = [];
      return false;
    }
    this.#chunks.push(chunk);
    return true;
  }

  /** The message, once everything has arrived. Lets go of the pieces. */
  message(): Buffer | FrameFault {
    if (this.#size > PREFIX_BYTES + MAX_MESSAGE_BYTES) return 'too_large';
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (bytes.length < PREFIX_BYTES || bytes.readUInt32BE(1) !== bytes.length - PREFIX_BYTES) {
      return 'not_one_message';
    }
    return bytes[0] === 0 ? bytes.subarray(PREFIX_BYTES) : 'compressed';
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
