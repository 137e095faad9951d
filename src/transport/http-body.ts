import type { IncomingMessage } from 'node:http';

const EMPTY = Buffer.alloc(0);

/**
 * Collects a message's body and hands it over whole, or `too_large` as soon as it is more than allowed. Calls back
 * once, and never for a message that breaks off: then there is nobody left to answer.
 */
export function collectBody(
  message: IncomingMessage,
  maxBytes: number,
  done: (body: Uint8Array | 'too_large') => void,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  message.on('data', (chunk: Buffer) => {
    if (isOver) return;
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else {
      chunks = [];
      isOver = true;
      done('too_large');
    }
  });
  message.on('end', () => {
    if (isOver) return;
    isOver = true;
    const [first = EMPTY] = chunks;
    const body = chunks.length <= 1 ? first : Buffer.concat(chunks, size);
    chunks = [];
    done(body);
  });
  // Node reports a connection that breaks here, too; what was malformed has been answered as a client error.
  message.on('error', () => undefined);
}
