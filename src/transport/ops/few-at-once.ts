import type { FastifyReply } from 'fastify';

/** How many pages and scrapes are worked on at once. Each takes milliseconds, which requests for decisions wait for. */
const MAX_AT_ONCE = 10;

/**
 * Does a few things at once, and answers 503 beyond: a peer may have a thousand scrapes in one packet, and nobody honest has more
 * than a few.
 */
export type FewAtOnce = (reply: FastifyReply, work: () => Promise<unknown>) => Promise<unknown>;

export function fewAtOnce(): FewAtOnce {
  let running = 0;
  return async (reply, work) => {
    if (running >= MAX_AT_ONCE) {
      reply.code(503).header('retry-after', '1').header('cache-control', 'no-store');
      return { error: 'busy', message: `${MAX_AT_ONCE} such requests are running; try later` };
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
}
