import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Decide, Refuse } from '../decider.js';
import type { Decision } from '../domain/decision.js';
import type { AuthzRequest } from '../domain/request.js';
import { MAX_BODY_BYTES } from '../request/envelope.js';
import { type Answer, answerTo } from './answer.js';
import { answerClientError } from './client-error.js';
import { ENVOY_PREFIX, readEnvoyHttp } from './envoy-http/read.js';
import { replyEnvoyHttp } from './envoy-http/reply.js';
import { readNative } from './http-native/read.js';
import { replyNative } from './http-native/reply.js';

export interface HttpListenerOptions {
  readonly decide: Decide;
  /** For refusals that Fastify or Node makes before there is anything to decide on. */
  readonly refuse: Refuse;
  readonly challenges: () => readonly string[];
  /** True while the process is draining: connections are then told to close. */
  readonly isDraining: () => boolean;
  /** The monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** Longer than Envoy keeps an idle connection (one hour), so that we never close one it is about to use. */
const KEEP_ALIVE_TIMEOUT_MS = 65 * 60 * 1000;
/** A proxy has the whole request before it asks, so it never needs long to send it. */
const REQUEST_TIMEOUT_MS = 15_000;
const CONNECTION_CHECK_INTERVAL_MS = 2_000;
/** 64 KiB of headers and room for the request line. */
const MAX_HEADER_BYTES = 80 * 1024;
const EMPTY = Buffer.alloc(0);

/** `sidecar.http`: the native and the Envoy adapter behind one port. Every way out is an answer of ours. */
export function createHttpListener(options: HttpListenerOptions): FastifyInstance {
  const app = Fastify({
    // Routing is ours: Fastify would decode paths its own way before we saw them.
    rewriteUrl: () => '/',
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: CONNECTION_CHECK_INTERVAL_MS,
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, options.refuse),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, _reply, done) => {
    // Aviso reads bodies as JSON whatever the type; Fastify stumbles over a junk one, and over none with QUERY.
    request.raw.headers['content-type'] = 'application/octet-stream';
    done();
  });
  const handle = (request: FastifyRequest, reply: FastifyReply) => answer(options, request, reply);
  app.all('/', handle);
  app.setNotFoundHandler(handle);
  app.setErrorHandler((error, request, reply) => answerFault(options, error, request, reply));
  answerWhatNodeWould(app, options.refuse);
  return app;
}

/** Node's own answers to an unknown `Expect` and to CONNECT are not ours. */
function answerWhatNodeWould({ server }: FastifyInstance, refuse: Refuse): void {
  server.on('checkExpectation', (message, response) => server.emit('request', message, response));
  server.on('connect', (_message, socket: Socket) => answerClientError(new Error('CONNECT'), socket, refuse));
}

async function answer(options: HttpListenerOptions, request: FastifyRequest, reply: FastifyReply) {
  const body = Buffer.isBuffer(request.body) ? request.body : EMPTY;
  const { authz, dress } = adapt(request.raw, request.originalUrl, body, options.now());
  return send(options, reply, dress, authz, await options.decide(authz));
}

/** Faults of a request that Fastify found before the handler ran: a body too large, or of another length than said. */
function answerFault(
  options: HttpListenerOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  // The connection broke before the request was whole: nobody is left to answer, and what was malformed has been refused.
  if (codeOf(error) === 'ECONNRESET') return reply.hijack();
  const { authz, dress } = adapt(request.raw, request.originalUrl, EMPTY, options.now());
  const decision = decisionOnFault(error);
  options.refuse(decision, authz);
  return send(options, reply, dress, authz, decision);
}

interface Adapted {
  readonly authz: AuthzRequest;
  readonly dress: (answer: Answer) => Answer;
}

function adapt(message: IncomingMessage, target: string, body: Uint8Array, now: number): Adapted {
  return target.startsWith(`${ENVOY_PREFIX}/`)
    ? { authz: readEnvoyHttp(message, target, body, now), dress: replyEnvoyHttp }
    : { authz: readNative(message, target, body), dress: replyNative };
}

function send(
  options: HttpListenerOptions,
  reply: FastifyReply,
  dress: (answer: Answer) => Answer,
  authz: AuthzRequest,
  decision: Decision,
): FastifyReply {
  const dressed = dress(answerTo(decision, { requestId: authz.requestId, challenges: options.challenges() }));
  return write(reply, dressed, options.isDraining());
}

/** Straight to Node: what Fastify would still do to a finished answer is nothing, and half the cost of this listener. */
function write(reply: FastifyReply, { status, headers, body }: Answer, isLast: boolean): FastifyReply {
  const length = { 'content-length': Buffer.byteLength(body) };
  reply.raw.writeHead(status, { ...headers, ...length, ...(isLast ? { connection: 'close' } : {}) });
  // Only now, so that headers which Node refuses still end in our error handler.
  reply.hijack();
  reply.raw.end(body);
  return reply;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);

function decisionOnFault(error: unknown): Decision {
  const code = codeOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return {
      kind: 'invalid',
      code: 'PAYLOAD_TOO_LARGE',
      message: `the request body is larger than ${MAX_BODY_BYTES} bytes`,
    };
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') {
    return {
      kind: 'invalid',
      code: 'INVALID_REQUEST_SHAPE',
      message: 'the request body did not arrive whole',
    };
  }
  return { kind: 'error', errorKind: 'unexpected', cause: error, cacheOutcome: null };
}
