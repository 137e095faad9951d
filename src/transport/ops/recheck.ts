import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Recheck, RecheckPair, RecheckVerdict } from '../../domain/recheck.js';
import { readRecheckBatch } from '../../request/recheck-batch.js';
import { requestIdFrom } from '../request-id.js';

export interface RecheckOptions {
  /** Asked for at each request; null when nothing is gated. */
  readonly recheck: () => Recheck | null;
  /** `sidecar.recheck_token`, asked for at each request. */
  readonly token: () => string | null;
  readonly rechecked: (requestId: string, users: number, verdicts: readonly RecheckVerdict[]) => void;
  /** A batch met a bug and is answered with 500. */
  readonly failed: (cause: unknown) => void;
}

/** How many batches are worked on at once. */
const MAX_BATCHES = 4;
/** The largest body, in bytes: a thousand pairs with long names. */
const MAX_BYTES = 1024 * 1024;

/**
 * `POST /recheck` (contract section 8, "second verification"): are these rights still there? For operators and gateways
 * that want to end open streams whose right has gone.
 */
export async function recheckRoute(app: FastifyInstance, options: RecheckOptions): Promise<void> {
  let running = 0;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/recheck', { bodyLimit: MAX_BYTES }, async (request, reply) => {
    const refusal = refusalOf(app, request, options.token());
    if (refusal !== null) return refuse(reply, refusal);
    const recheck = options.recheck();
    if (recheck === null) return refuse(reply, NOTHING_GATED);
    const pairs = readRecheckBatch(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    if (!pairs.ok) return refuse(reply, { status: 400, error: 'invalid_batch', message: pairs.failure });
    if (running >= MAX_BATCHES) return refuse(reply, BUSY);
    running += 1;
    try {
      const header = request.headers['x-request-id'];
      const requestId = requestIdFrom(typeof header === 'string' ? header : null);
      const verdicts = await recheck(pairs.value, requestId);
      options.rechecked(requestId, new Set(pairs.value.map(({ username }) => username)).size, verdicts);
      reply.header('x-request-id', requestId).header('cache-control', 'no-store');
      return pairs.value.map((pair, index) => answerOf(pair, verdicts[index]));
    } catch (cause) {
      options.failed(cause);
      return refuse(reply, BROKEN);
    } finally {
      running -= 1;
    }
  });
}

interface Refusal {
  readonly status: 400 | 401 | 403 | 409 | 429 | 500;
  readonly error: string;
  readonly message: string;
}

const NOTHING_GATED: Refusal = {
  status: 409,
  error: 'nothing_gated',
  message: 'no event type is gated by destination, so there is nothing to recheck',
};
const BUSY: Refusal = {
  status: 429,
  error: 'busy',
  message: `${MAX_BATCHES} batches are running; try later`,
};
const BROKEN: Refusal = {
  status: 500,
  error: 'internal_error',
  message: 'a fault of this program: see auth.ecpds.background.error in its log',
};

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

function answerOf(
  { username, realm, issuer, destination }: RecheckPair,
  verdict: RecheckVerdict | undefined,
) {
  if (verdict === undefined) throw new Error('a pair without a verdict');
  const asked = { username, realm, ...(issuer === null ? {} : { issuer }), destination };
  switch (verdict.verdict) {
    case 'allow':
      return { ...asked, verdict: verdict.verdict };
    case 'deny':
      return { ...asked, verdict: verdict.verdict, reason: verdict.reason };
    case 'unavailable':
      return { ...asked, verdict: verdict.verdict, fetch_outcome: verdict.fetchOutcome };
  }
}
