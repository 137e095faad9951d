import type { FastifyInstance } from 'fastify';
import type { Recheck, RecheckPair, RecheckVerdict } from '../../domain/recheck.js';
import { fail, ok } from '../../domain/result.js';
import { readRecheckBatch } from '../../request/recheck-batch.js';
import { type GuardedPost, guardedPost, NOTHING_GATED } from './guarded-post.js';

export interface RecheckOptions extends Pick<GuardedPost, 'token' | 'failed'> {
  /** Asked for at each request; null when nothing is gated. */
  readonly recheck: () => Recheck | null;
  readonly rechecked: (requestId: string, users: number, verdicts: readonly RecheckVerdict[]) => void;
}

/**
 * `POST /recheck` (contract section 8, "second verification"): are these rights still there? For operators and gateways
 * that want to end open streams whose right has gone.
 */
export async function recheckRoute(app: FastifyInstance, options: RecheckOptions): Promise<void> {
  const { token, failed } = options;
  guardedPost(app, {
    path: '/recheck',
    token,
    failed,
    read(body) {
      const recheck = options.recheck();
      if (recheck === null) return fail(NOTHING_GATED);
      const pairs = readRecheckBatch(body);
      if (!pairs.ok) return fail({ status: 400, error: 'invalid_batch', message: pairs.failure });
      return ok(async (requestId) => {
        const verdicts = await recheck(pairs.value, requestId);
        options.rechecked(requestId, new Set(pairs.value.map(({ username }) => username)).size, verdicts);
        return pairs.value.map((pair, index) => answerOf(pair, verdicts[index]));
      });
    },
  });
}

function answerOf(pair: RecheckPair, verdict: RecheckVerdict | undefined) {
  if (verdict === undefined) throw new Error('a pair without a verdict');
  return { ...askedOf(pair), ...verdictFields(verdict) };
}

const askedOf = ({ username, realm, issuer, destination }: RecheckPair) => ({
  username,
  realm,
  ...(issuer === null ? {} : { issuer }),
  destination,
});

/** A verdict as answers spell it. */
export function verdictFields(verdict: RecheckVerdict) {
  switch (verdict.verdict) {
    case 'allow':
      return { verdict: verdict.verdict };
    case 'deny':
      return { verdict: verdict.verdict, reason: verdict.reason };
    case 'unavailable':
      return { verdict: verdict.verdict, fetch_outcome: verdict.fetchOutcome };
  }
}
