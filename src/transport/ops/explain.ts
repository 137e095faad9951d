import type { FastifyInstance } from 'fastify';
import type { CacheView, Explain, Explanation, ServerLook } from '../../domain/explain.js';
import { fetchOutcomeLabel } from '../../domain/fetch-outcome.js';
import type { RecheckPair } from '../../domain/recheck.js';
import { fail, ok } from '../../domain/result.js';
import { readExplainQuestion } from '../../request/recheck-batch.js';
import { type GuardedPost, guardedPost, NOTHING_GATED } from './guarded-post.js';
import { verdictFields } from './recheck.js';

export interface ExplainOptions extends Pick<GuardedPost, 'token' | 'failed'> {
  /** Asked for at each request; null when nothing is gated. */
  readonly explain: () => Explain | null;
  readonly explained: (requestId: string, question: RecheckPair, explanation: Explanation) => void;
}

/** `POST /explain`: why one user may or may not read one destination, by the cache and by a fresh look at every server. */
export async function explainRoute(app: FastifyInstance, options: ExplainOptions): Promise<void> {
  const { token, failed } = options;
  guardedPost(app, {
    path: '/explain',
    token,
    failed,
    read(body) {
      const explain = options.explain();
      if (explain === null) return fail(NOTHING_GATED);
      const question = readExplainQuestion(body);
      if (!question.ok) return fail({ status: 400, error: 'invalid_question', message: question.failure });
      return ok(async (requestId) => {
        const explanation = await explain(question.value, requestId);
        options.explained(requestId, question.value, explanation);
        return answerOf(question.value, explanation);
      });
    },
  });
}

function answerOf(question: RecheckPair, explanation: Explanation) {
  const { cache, heldForNamesakes, fetchRuns, servers, fresh, request } = explanation;
  return {
    ...question,
    cache: { ...cacheFields(cache), fetch_in_flight: fetchRuns, other_lists_of_this_name: heldForNamesakes },
    servers: servers.map(serverFields),
    fresh: verdictFields(fresh),
    request_now: { from: request.from, ...verdictFields(request.verdict), why: whyOf(explanation) },
  };
}

const seconds = (ms: number): number => Math.round(ms / 1000);

const cacheFields = (cache: CacheView) =>
  cache.held
    ? {
        held: true,
        age_seconds: seconds(cache.ageMs),
        remaining_seconds: seconds(cache.remainingMs),
        listed: cache.listed,
      }
    : { held: false, age_seconds: null, remaining_seconds: null, listed: null };

const serverFields = (look: ServerLook) => ({
  server_index: look.index,
  server: look.server.href,
  circuit_open: look.circuitOpen,
  status: look.status,
  latency_ms: look.durationMs === null ? null : Math.round(look.durationMs),
  outcome: fetchOutcomeLabel(look.outcome),
  error: look.error,
  listed: look.listed,
});

/** Why a request would get what it would get, in a sentence; and what the fresh look says, where that differs. */
function whyOf({ cache, fresh, request: { from, verdict } }: Explanation): string {
  if (from === 'namespace') {
    return 'ECPDS does not know users of this identity provider: it is configured without `ecpds_users`, or not at all';
  }
  if (cache.held) {
    const listed = cache.listed ? 'has the destination' : 'lacks the destination';
    const until = `and is used for ${seconds(cache.remainingMs)} s more`;
    const differs = verdict.verdict === fresh.verdict ? '' : `; ${FRESH_DIFFERS[fresh.verdict]}`;
    return `the list in the cache ${listed}, is ${seconds(cache.ageMs)} s old ${until}${differs}`;
  }
  return `no list is in the cache, so one is fetched: ${FRESH[fresh.verdict]}`;
}

const FRESH = {
  allow: 'a server lists the destination',
  deny: 'no server that answered lists the destination',
  unavailable: 'what the servers say is not enough for a verdict under `partial_outage_policy`',
} as const;
const FRESH_DIFFERS = {
  allow: 'ECPDS lists the destination by now, so the list after that will allow it',
  deny: 'ECPDS does not list the destination any more, so the list after that will deny it',
  unavailable: 'a fetch would get no verdict at the moment, so a request after that is at risk',
} as const;
