import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long what has begun to arrive is waited for once a server takes nothing more, in milliseconds. */
export const ARRIVAL_MS = 2_000;

/** True for a connection that has been open for `ARRIVAL_MS` and on which nothing has arrived. */
export const isSilent = (socket: Socket, openedAt: number): boolean =>
  socket.bytesRead === 0 && performance.now() - openedAt >= ARRIVAL_MS;

interface Connection {
  /** By the monotonic clock, in milliseconds. */
  readonly openedAt: number;
  /** Those whose answer is not complete. */
  readonly messages: Set<IncomingMessage>;
}

/**
 * Follows the connections of a server, for its end: Node closes those that rest between two requests, but would wait for
 * ever for one that never sent any, or not all of it.
 *
 * @returns to be called when the server closes: drops silent connections, and after `ARRIVAL_MS` those without a whole
 *   request that is still to be answered
 */
export function followConnections(server: Server): () => void {
  const connections = new Map<Socket, Connection>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { openedAt: performance.now(), messages: new Set() });
    socket.once('close', () => connections.delete(socket));
  });
  const begun = (message: IncomingMessage, response: ServerResponse): void => {
    const messages = connections.get(message.socket)?.messages;
    messages?.add(message);
    response.once('close', () => messages?.delete(message));
  };
  server.on('request', begun);
  // A listener more would keep Node from answering these by itself.
  if (server.listenerCount('checkExpectation') > 0) server.on('checkExpectation', begun);
  const isAwaited = ({ messages }: Connection): boolean => [...messages].some(({ complete }) => complete);
  return () => {
    for (const [socket, { openedAt }] of connections) if (isSilent(socket, openedAt)) socket.destroy();
    setTimeout(() => {
      for (const [socket, connection] of connections) if (!isAwaited(connection)) socket.destroy();
    }, ARRIVAL_MS).unref();
  };
}
