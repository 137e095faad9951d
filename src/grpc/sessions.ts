import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { looksIn, type PeerLimits } from '../net/peer-limits.js';
import { isStuck, whileListening } from '../net/stalled-peers.js';
import { Peer } from './peer.js';

/** What was seen of a connection at the last look. */
interface Seen {
  readonly session: ServerHttp2Session;
  readonly peer: Peer;
  /** The peer has begun to speak HTTP/2: its settings are there. */
  hasBegun: boolean;
  written: number;
  looks: number;
}

/** The connections of a server. */
export interface Sessions {
  /** Tells every peer to take its next call to another connection. */
  sayGoodbye(): void;
  /** Says goodbye, and closes each connection once its calls have ended. */
  leave(): Promise<unknown>;
}

/**
 * Keeps track of a server's connections, and closes those whose peers do not begin to speak HTTP/2 or do not read what is
 * sent to them: of neither does Node take notice.
 */
export function watchSessions(server: Http2Server, limits: PeerLimits, windowBytes: number): Sessions {
  const connections = new Map<Socket, Seen>();
  const looks = {
    receive: looksIn(limits.receiveMs, limits),
    untaken: looksIn(limits.untakenMs, limits),
    linger: looksIn(limits.lingerMs, limits),
  };
  let arrived: Socket | null = null;
  // The session of a connection is made while it is announced; what it shows of its socket cannot be destroyed.
  server.prependListener('connection', (socket: Socket) => {
    arrived = socket;
  });
  server.on('session', (session) => {
    if (arrived !== null) watch(connections, arrived, session);
    session.setLocalWindowSize(windowBytes);
  });
  // What breaks a connection is the peer's doing and ends that connection only.
  server.on('sessionError', (_error, session) => session.destroy());
  const look = (): void => {
    for (const [socket, seen] of connections) if (isOver(socket, seen, looks)) socket.destroy();
  };
  whileListening(server, look, limits.lookMs);
  return {
    sayGoodbye: () => {
      for (const { peer } of connections.values()) void peer.sayGoodbye();
    },
    leave: () => Promise.all([...connections.values()].map(({ peer }) => peer.leave())),
  };
}

/** Until its socket is closed: a session that is destroyed waits for ever to write its last frame. */
function watch(connections: Map<Socket, Seen>, socket: Socket, session: ServerHttp2Session): void {
  const peer = new Peer(session, socket);
  session.on('stream', (call) => peer.opened(call));
  const seen: Seen = { session, peer, hasBegun: false, written: -1, looks: 0 };
  connections.set(socket, seen);
  session.once('remoteSettings', () => {
    seen.hasBegun = true;
    seen.looks = 0;
  });
  socket.once('close', () => connections.delete(socket));
}

type Looks = Readonly<Record<'receive' | 'untaken' | 'linger', number>>;

/** Takes note of a look at a connection; true when its peer has had its time. */
function isOver(socket: Socket, seen: Seen, { receive, untaken, linger }: Looks): boolean {
  const { session, hasBegun } = seen;
  if (session.destroyed || !hasBegun) {
    seen.looks += 1;
    return seen.looks >= (session.destroyed ? linger : receive);
  }
  return isStuck(seen, waitsForPeer(session), socket.bytesWritten) && seen.looks >= untaken;
}

/** Frames that cannot be written. Those that a stream's window holds back do not count: each call has a time limit. */
const waitsForPeer = ({ state }: ServerHttp2Session): boolean => (state.outboundQueueSize ?? 0) > 0;
