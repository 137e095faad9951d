import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Result } from '../../domain/result.js';
import { requestIdFrom } from '../request-id.js';

export interface Refusal {
  readonly status: 400 | 401 | 403 | 409 | 429 | 500;
  readonly error: string;
  readonly message: string;
}

/** One `POST` for operators: read, refused or answered, a few at a time. */
export interface GuardedPost {
  readonly path: string;
  /** `sidecar.recheck_token`, asked for at each request. */
  readonly token: () => string | null;
  /** What a body asks for; its answer becomes the JSON body of the reply. */
  readonly read: (body: Buffer) => Result<(requestId: string) => Promise<unknown>, Refusal>;
  /** An answer met a bug, and is 500. */
  readonly failed: (cause: unknown) => void;
}

/** How many requests to one path are worked on at once. */
const MAX_RUNNING = 4;
/** The largest body, in bytes: a thousand pairs with long names. */
const MAX_BYTES = 1024 * 1024;

export const NOTHING_GATED: Refusal = {
  status: 409,
  error: 'nothing_gated',
  message: 'no event type is gated by destination, so there is no right to look at',
};
const BUSY: Refusal = {
  status: 429,
  error: 'busy',
  message: `${MAX_RUNNING} such requests are running; try later`,
};
const BROKEN: Refusal = {
  status: 500,
  error: 'internal_error',
  message: 'a fault of this program: see auth.ecpds.background.error in its log',
};

/** Adds a path to a Fastify context of its own, whose body parsers it replaces. */
export function guardedPost(app: FastifyInstance, { path, token, read, failed }: GuardedPost): void {
  let running = 0;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post(path, { bodyLimit: MAX_BYTES }, async (request, reply) => {
    const refusal = refusalOf(app, request, token());
    if (refusal !== null) return refuse(reply, refusal);
    const answer = read(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    if (!answer.ok) return refuse(reply, answer.failure);
    if (running >= MAX_RUNNING) return refuse(reply, BUSY);
    running += 1;
    try {
      const header = request.headers['x-request-id'];
      const requestId = requestIdFrom(typeof header === 'string' ? header : null);
      const body = await answer.value(requestId);
      reply.header('x-request-id', requestId).header('cache-control', 'no-store');
      return body;
    } catch (cause) {
      failed(cause);
      return refuse(reply, BROKEN);
    } finally {
      running -= 1;
    }
  });
}

function refuse(reply: FastifyReply, { status, error, message }: Refusal): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(status).send({ error, message });
}

/** On loopback and on a socket whoever gets here may ask; elsewhere whoever shows the configured token. */
function refusalOf(app: FastifyInstance, request: FastifyRequest, token: string | null): Refusal | null {
  if (isPrivate(app.server.address())) return null;
  if (token === null) {
    const message =
      'this listener is reachable from elsewhere: set sidecar.recheck_token, or bind sidecar.admin to 127.0.0.1 or a socket';
    return { status: 403, error: 'no_recheck_token', message };
  }
  const shown = /^Bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (shown !== undefined && isSame(shown, token)) return null;
  return { status: 401, error: 'unauthorized', message: 'show sidecar.recheck_token as a Bearer token' };
}

type BoundTo = ReturnType<FastifyInstance['server']['address']>;

/** By what the listener is bound to, not by the peer: a mesh's proxy reaches it from loopback for anybody. */
const isPrivate = (address: BoundTo): boolean =>
  typeof address === 'string' || (address !== null && /^(127\.|::1$)/.test(address.address));

/** Compared by digest: in a time that says nothing about either. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
