import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long what has begun to arrive is waited for once a server takes nothing more, in milliseconds. */
export const ARRIVAL_MS = 2_000;

/**
 * Follows the connections of a server, for its end: Node closes those that rest between two requests, but would wait for
 * ever for one that never sent any, or not all of it.
 *
 * @returns to be called when the server closes: drops connections on which nothing has arrived, and after `ARRIVAL_MS`
 *   those without a whole request that is still to be answered
 */
export function followConnections(server: Server): () => void {
  const connections = new Map<Socket, Set<IncomingMessage>>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  const begun = (message: IncomingMessage, response: ServerResponse): void => {
    const messages = connections.get(message.socket);
    messages?.add(message);
    response.once('close', () => messages?.delete(message));
  };
  server.on('request', begun);
  // A listener more would keep Node from answering these by itself.
  if (server.listenerCount('checkExpectation') > 0) server.on('checkExpectation', begun);
  const isAwaited = (messages: ReadonlySet<IncomingMessage>): boolean =>
    [...messages].some((message) => message.complete);
  return () => {
    for (const socket of connections.keys()) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => {
      for (const [socket, messages] of connections) if (!isAwaited(messages)) socket.destroy();
    }, ARRIVAL_MS).unref();
  };
}
