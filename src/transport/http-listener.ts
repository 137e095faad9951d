import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Decide, Refuse } from '../decider.js';
import type { Decision } from '../domain/decision.js';
import type { AuthzRequest } from '../domain/request.js';
import { bind, type Where } from '../net/bind.js';
import { Collector, ROOM_BYTES, Room } from '../net/collector.js';
import { MAX_CONNECTIONS, PEER_LIMITS, type PeerLimits } from '../net/peer-limits.js';
import { closeStalledPeers } from '../net/stalled-peers.js';
import { followConnections } from '../net/unheard.js';
import { MAX_BODY_BYTES } from '../request/envelope.js';
import { type Answer, answerTo, challengesOf } from './answer.js';
import { answerClientError } from './client-error.js';
import { ENVOY_PREFIX, readEnvoyHttp } from './envoy-http/read.js';
import { replyEnvoyHttp } from './envoy-http/reply.js';
import { type BodyFault, collectBody } from './http-body.js';
import { type HttpMessage, readMessage } from './http-message.js';
import { readNative } from './http-native/read.js';
import { replyNative } from './http-native/reply.js';

export interface HttpListenerOptions {
  readonly decide: Decide;
  /** For refusals that are made before there is anything to decide on. */
  readonly refuse: Refuse;
  readonly challenges: () => readonly string[];
  /** True while the process is draining: connections are then told to close. */
  readonly isDraining: () => boolean;
  /** What a drain takes, in seconds: how long clients are told that they may keep an idle connection. */
  readonly drainSeconds: () => number;
  /** The monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Left out, `PEER_LIMITS`. */
  readonly limits?: PeerLimits;
  /** For large bodies; left out, room of its own. */
  readonly room?: Room;
}

export interface HttpListener {
  readonly server: Server;
  /** Binds to a TCP address or a Unix socket and resolves to the address as text. Rejects with Node's error. */
  listen(where: Where): Promise<string>;
  /**
   * Takes no further connections and resolves once the requests in flight are answered. A request that has not arrived
   * whole after two seconds is not waited for.
   */
  close(): Promise<void>;
}

/** 64 KiB of headers and room for the request line. */
const MAX_HEADER_BYTES = 80 * 1024;
const optionsFor = ({ receiveMs, lookMs }: PeerLimits): ServerOptions => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  requireHostHeader: false,
  // Longer than Envoy keeps an idle connection (one hour), so that we never close one it is about to use.
  keepAliveTimeout: 65 * 60 * 1000,
  requestTimeout: receiveMs,
  headersTimeout: receiveMs,
  connectionsCheckingInterval: lookMs,
});
const EMPTY = Buffer.alloc(0);

/** `sidecar.http`: the native and the Envoy adapter behind one port. Every way out is an answer of ours. */
export function createHttpListener(options: HttpListenerOptions): HttpListener {
  const { limits = PEER_LIMITS, room = new Room(ROOM_BYTES) } = options;
  const serve = (message: IncomingMessage, response: ServerResponse): void =>
    new Exchange(options, message, response, new Collector(room)).begin();
  const server = createServer(optionsFor(limits), serve);
  // Every header is read: by default Node drops those beyond the thousandth without a word, and with them a second
  // `Authorization`, or what says that the body is compressed or cut off. `maxHeaderSize` bounds their number.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS.http;
  closeStalledPeers(server, limits);
  const refuseSocket = (error: Error, socket: Socket): void => {
    try {
      answerClientError(error, socket, options.refuse);
    } catch {
      // A bug on the way to a refusal: without an answer to give, and in an event it would end the process.
      socket.destroy();
    }
  };
  server.on('clientError', refuseSocket);
  // Node's own answers to an unknown `Expect` and to CONNECT are not ours.
  server.on('checkExpectation', serve);
  server.on('connect', (_message, socket: Socket) => refuseSocket(new Error('CONNECT'), socket));
  const dropUnheard = followConnections(server);
  return {
    server,
    listen: (where) => bind(server, 'http', where),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropUnheard();
      }),
  };
}

/** One request and its answer. */
class Exchange {
  readonly #message: HttpMessage;
  readonly #isEnvoy: boolean;

  constructor(
    private readonly options: HttpListenerOptions,
    private readonly incoming: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly body: Collector,
  ) {
    this.#message = readMessage(incoming);
    this.#isEnvoy = this.#message.target.startsWith(`${ENVOY_PREFIX}/`);
  }

  begin(): void {
    if (Number(this.#message.headers.contentLength) > MAX_BODY_BYTES) {
      this.#orFail(() => this.#refuse(LARGE_BODY));
      return;
    }
    collectBody(this.incoming, this.body, MAX_BODY_BYTES, (outcome) =>
      this.#orFail(() => {
        if (outcome === 'whole') this.#decide(this.#read(this.body.bytes(), this.options.now()));
        else this.#refuse(BODY_FAULTS[outcome]);
      }),
    );
  }

  #read(body: Uint8Array, now: number): AuthzRequest {
    return this.#isEnvoy ? readEnvoyHttp(this.#message, body, now) : readNative(this.#message, body);
  }

  #decide(request: AuthzRequest): void {
    const { requestId } = request;
    this.options.decide(request).then(
      (decision) => this.#orFail(() => this.#answer(decision, requestId, this.options.isDraining())),
      (cause) => this.#orFail(() => this.#refuse(bug(cause))),
    );
    // It has been read by now: a request may wait long for its verdict, and takes no room meanwhile.
    this.body.release();
  }

  /**
   * Without a decision, and so without a deadline. What is still on its way is not read, so the connection ends with the
   * answer.
   */
  #refuse(decision: Decision): void {
    const request = this.#read(EMPTY, 0);
    this.options.refuse(decision, request);
    this.#answer(decision, request.requestId, true);
  }

  #answer(decision: Decision, requestId: string, isLast: boolean): void {
    this.body.release();
    const plain = answerTo(decision, {
      requestId,
      challenges: challengesOf(decision, this.options.challenges),
    });
    const keepSeconds = isLast ? 0 : this.options.drainSeconds();
    write(this.response, this.#isEnvoy ? replyEnvoyHttp(plain) : replyNative(plain), isLast, keepSeconds);
  }

  /** A bug is recorded and answered as one; an answer that was begun, or a second bug, ends the connection. */
  #orFail(step: () => void): void {
    try {
      step();
    } catch (cause) {
      try {
        this.#refuse(bug(cause));
      } catch {
        this.response.destroy();
      }
    }
  }
}

const bug = (cause: unknown): Decision => ({
  kind: 'error',
  errorKind: 'unexpected',
  cause,
  cacheOutcome: null,
});

const LARGE_BODY: Decision = {
  kind: 'invalid',
  code: 'PAYLOAD_TOO_LARGE',
  message: `the request body is larger than ${MAX_BODY_BYTES} bytes`,
};
const BODY_FAULTS: Readonly<Record<BodyFault, Decision>> = {
  too_large: LARGE_BODY,
  no_room: {
    kind: 'invalid',
    code: 'OVERLOADED',
    message: 'too many large requests at once',
  },
};

/**
 * @param keepSeconds how long the client should keep the connection when it has nothing more to ask; 0 says nothing. No
 *   longer than a drain, so that who heeds it meets no connection that closes at the end of one: within the drain it
 *   either asks, and is told to close, or has closed (docs/decisions/0057-end-of-the-drain.md).
 */
function write(
  response: ServerResponse,
  { status, headers, body }: Answer,
  isLast: boolean,
  keepSeconds: number,
): void {
  headers['content-length'] = String(Buffer.byteLength(body));
  if (isLast) headers['connection'] = 'close';
  else if (keepSeconds > 0 && response.shouldKeepAlive) {
    headers['connection'] = 'keep-alive';
    headers['keep-alive'] = `timeout=${keepSeconds}`;
  }
  response.writeHead(status, headers);
  response.end(body);
}
