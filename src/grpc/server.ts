import { constants, createServer, type ServerHttp2Stream, type ServerOptions } from 'node:http2';
import type { Server } from 'node:net';
import { bind, type Where } from '../net/bind.js';
import { ROOM_BYTES, Room } from '../net/collector.js';
import { MAX_CONNECTIONS, PEER_LIMITS, type PeerLimits } from '../net/peer-limits.js';
import { watchSessions } from './sessions.js';
import { GRPC_STATUS } from './status.js';
import { type Metadata, sendFailure, serveUnary, type UnaryMethod } from './unary.js';

/** Methods by their path, `/package.Service/Method`. */
export type Methods = ReadonlyMap<string, UnaryMethod>;

/** A gRPC server for unary calls over cleartext HTTP/2. */
export interface GrpcServer {
  readonly server: Server;
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

export interface GrpcServerOptions {
  /** Left out, `PEER_LIMITS`. */
  readonly limits?: PeerLimits;
  /** For large messages; left out, room of its own. */
  readonly room?: Room;
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
  maxSessionMemory: 64,
};
/** Room for large bodies that arrive side by side on one connection, in bytes. */
const CONNECTION_WINDOW_BYTES = 16 * 1_048_576;
/** The most calls at once, of all connections together: as many as the shipped Envoy has open. */
const MAX_CALLS = 20_000;

/** @param methods what is served; any other path is answered UNIMPLEMENTED */
export function createGrpcServer(methods: Methods, options: GrpcServerOptions = {}): GrpcServer {
  const { limits = PEER_LIMITS, room = new Room(ROOM_BYTES) } = options;
  const server = createServer(OPTIONS);
  server.maxConnections = MAX_CONNECTIONS.grpc;
  const sessions = watchSessions(server, limits, CONNECTION_WINDOW_BYTES);
  let calls = 0;
  server.on('stream', (stream, metadata) => {
    calls += 1;
    stream.once('close', () => {
      calls -= 1;
    });
    if (calls > MAX_CALLS) refuseStream(stream);
    else serve(stream, metadata, methods, { room, receiveMs: limits.receiveMs });
  });
  return {
    server,
    listen: (where) => bind(server, 'grpc', where),
    drain: () => sessions.sayGoodbye(),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([closed, sessions.leave()]);
    },
  };
}

/** Nothing of it was looked at, so it may be sent again. */
function refuseStream(stream: ServerHttp2Stream): void {
  stream.on('error', () => stream.destroy());
  stream.close(constants.NGHTTP2_REFUSED_STREAM);
}

interface CallLimits {
  readonly room: Room;
  readonly receiveMs: number;
}

function serve(stream: ServerHttp2Stream, metadata: Metadata, methods: Methods, limits: CallLimits): void {
  const type = metadata['content-type'] ?? '';
  if (metadata[':method'] !== 'POST' || !/^application\/grpc(?:$|[+;])/.test(type)) {
    stream.on('error', () => stream.destroy());
    stream.respond({ ':status': 415, 'cache-control': 'no-store' }, { endStream: true });
    return;
  }
  const method = methods.get(metadata[':path'] ?? '');
  if (method !== undefined) serveUnary(stream, metadata, method, limits);
  else {
    stream.on('error', () => stream.destroy());
    sendFailure(stream, { status: GRPC_STATUS.UNIMPLEMENTED, message: 'no such method' });
  }
}
