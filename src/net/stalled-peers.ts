import type { Server, Socket } from 'node:net';
import { looksIn, type PeerLimits } from './peer-limits.js';

/** What was seen of a connection at the last look. */
interface Seen {
  written: number;
  looks: number;
}

/**
 * Closes connections whose peers do not read what they asked for, and those that were ended and whose peers do not end
 * them in turn. Node's own time limits are over once a request has arrived, so either would stay open for ever.
 */
export function closeStalledPeers(server: Server, limits: PeerLimits): void {
  const sockets = new Map<Socket, Seen>();
  const lingerLooks = looksIn(limits.lingerMs, limits);
  const untakenLooks = looksIn(limits.untakenMs, limits);
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, { written: 0, looks: 0 });
    socket.once('close', () => sockets.delete(socket));
  });
  const look = (): void => {
    for (const [socket, seen] of sockets) {
      const waits = socket.writableEnded || socket.writableLength > 0;
      if (!isStuck(seen, waits, socket.bytesWritten)) continue;
      if (seen.looks >= (socket.writableEnded ? lingerLooks : untakenLooks)) socket.destroy();
    }
  };
  whileListening(server, look, limits.lookMs);
}

/** Takes note of a look at a connection: whether something waits on it, and nothing has moved since the last one. */
export function isStuck(seen: Seen, waits: boolean, written: number): boolean {
  const stuck = waits && written === seen.written;
  seen.looks = stuck ? seen.looks + 1 : 0;
  seen.written = written;
  return stuck;
}

/** Looks every so many milliseconds for as long as the server listens and has connections. */
export function whileListening(server: Server, look: () => void, everyMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  server.on('listening', () => {
    timer = setInterval(look, everyMs).unref();
  });
  server.on('close', () => clearInterval(timer));
}
