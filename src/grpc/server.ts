import {
  createServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import { bind, type Where } from '../net/bind.js';
import { Peer } from './peer.js';
import { GRPC_STATUS } from './status.js';
import { type Metadata, RECEIVE_TIMEOUT_MS, sendFailure, serveUnary, type UnaryMethod } from './unary.js';

/** Methods by their path, `/package.Service/Method`. */
export type Methods = ReadonlyMap<string, UnaryMethod>;

/** A gRPC server for unary calls over cleartext HTTP/2. */
export interface GrpcServer {
  /** Binds to a TCP address or a Unix socket and resolves to the address as text. Rejects with Node's error. */
  listen(where: Where): Promise<string>;
  /**
   * Tells every peer that is connected to take its next call to another connection. Calls that have arrived are still
   * answered, and so is whoever connects from now on.
   */
  drain(): void;
  /**
   * Takes no further connections, lets calls in flight finish, and resolves once all connections are closed. A call that
   * has not arrived whole after two seconds is not waited for.
   */
  close(): Promise<void>;
}

/**
 * Bounds per connection. Envoy keeps one per worker, so a reconnect storm arrives on very few of them; once a
 * connection is full Envoy opens another.
 */
const OPTIONS: ServerOptions = {
  settings: {
    maxConcurrentStreams: 1000,
    initialWindowSize: 1_048_576,
    maxHeaderListSize: 65_536,
    enablePush: false,
  },
  // In megabytes. Node's ten would refuse streams as soon as a few dozen large bodies arrive together.
  maxSessionMemory: 512,
};
/** Room for large bodies that arrive side by side on one connection, in bytes. */
const CONNECTION_WINDOW_BYTES = 16 * 1_048_576;

/**
 * @param methods what is served; any other path is answered UNIMPLEMENTED
 * @param receiveTimeoutMs how long a message may take to arrive, in milliseconds
 */
export function createGrpcServer(methods: Methods, receiveTimeoutMs = RECEIVE_TIMEOUT_MS): GrpcServer {
  const server = createServer(OPTIONS);
  const peers = new Map<ServerHttp2Session, Peer>();
  // `session` follows `connection` at once; its own socket is a proxy that cannot be written to.
  let accepted: Socket | null = null;
  server.prependListener('connection', (socket: Socket) => {
    accepted = socket;
  });
  server.on('session', (session) => {
    if (accepted !== null) follow(session, accepted, peers);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  });
  // What breaks a connection is the peer's doing and ends that connection only.
  server.on('sessionError', (_error, session) => session.destroy());
  server.on('stream', (stream, metadata) => serve(stream, metadata, methods, receiveTimeoutMs));
  return {
    listen: (where) => bind(server, 'grpc', where),
    drain() {
      for (const peer of peers.values()) void peer.sayGoodbye();
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([closed, ...[...peers.values()].map((peer) => peer.leave())]);
    },
  };
}

function follow(session: ServerHttp2Session, socket: Socket, peers: Map<ServerHttp2Session, Peer>): void {
  const peer = new Peer(session, socket);
  peers.set(session, peer);
  session.once('close', () => peers.delete(session));
  session.on('stream', (call) => peer.opened(call));
}

function serve(
  stream: ServerHttp2Stream,
  metadata: Metadata,
  methods: Methods,
  receiveTimeoutMs: number,
): void {
  const type = metadata['content-type'] ?? '';
  if (metadata[':method'] !== 'POST' || !/^application\/grpc(?:$|[+;])/.test(type)) {
    stream.on('error', () => stream.destroy());
    stream.respond({ ':status': 415, 'cache-control': 'no-store' }, { endStream: true });
    return;
  }
  const method = methods.get(metadata[':path'] ?? '');
  if (method !== undefined) serveUnary(stream, metadata, method, receiveTimeoutMs);
  else {
    stream.on('error', () => stream.destroy());
    sendFailure(stream, { status: GRPC_STATUS.UNIMPLEMENTED, message: 'no such method' });
  }
}
