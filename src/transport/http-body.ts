import type { IncomingMessage } from 'node:http';
import type { Collector } from '../net/collector.js';

/** Why a body is not read to its end. */
export type BodyFault = 'too_large' | 'no_room';

/**
 * Collects a message's body and says when it is whole, or what is wrong as soon as it is. Calls back once, and never for
 * a message that breaks off: then there is nobody left to answer.
 *
 * @param body where it is collected; released here when the message breaks off or is at fault, else by the caller
 */
export function collectBody(
  message: IncomingMessage,
  body: Collector,
  maxBytes: number,
  done: (outcome: 'whole' | BodyFault) => void,
): void {
  let isDone = false;
  const finish = (outcome: 'whole' | BodyFault): void => {
    isDone = true;
    if (outcome !== 'whole') body.release();
    done(outcome);
  };
  message.on('data', (chunk: Buffer) => {
    if (isDone) return;
    if (body.size + chunk.length > maxBytes) finish('too_large');
    else if (!body.push(chunk)) finish('no_room');
  });
  message.on('end', () => {
    if (!isDone) finish('whole');
  });
  // Node reports a connection that breaks here, too; what was malformed has been answered as a client error.
  message.on('error', () => undefined);
  message.on('close', () => {
    if (!isDone) body.release();
  });
}
