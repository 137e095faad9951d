import type { CacheView, Explanation, ServerLook } from '../domain/explain.js';
import { namesakeEnding, namespacedKey } from '../domain/identity.js';
import { asUsername } from '../domain/names.js';
import type { RecheckPair, RecheckVerdict } from '../domain/recheck.js';
import { fail } from '../domain/result.js';
import type { DestinationCache } from './cache.js';
import type { Clock } from './clock.js';
import { Deadline } from './deadline.js';
import type { EcpdsServer } from './ecpds-server.js';
import { mergeAnswers, type PartialOutagePolicy, type ServerAnswer } from './merge.js';
import { NamePool } from './name-pool.js';
import type { CheckContext, CheckObserver } from './observer.js';
import type { ServerReport } from './server.js';

/** @param isEcpdsUser whether ECPDS knows users of the question's namespace by the same names */
export type NamespacedExplain = (
  question: RecheckPair,
  requestId: string,
  isEcpdsUser: (question: RecheckPair) => boolean,
) => Promise<Explanation>;

export interface ExplainParts {
  readonly cache: DestinationCache;
  readonly servers: readonly EcpdsServer[];
  readonly policy: PartialOutagePolicy;
  readonly clock: Clock;
  readonly observer: CheckObserver;
  /** What a server has not answered by then, in milliseconds, counts as unreachable. */
  readonly budgetMs: number;
}

const NOT_AN_ECPDS_USER: RecheckVerdict = { verdict: 'deny', reason: 'NotAnEcpdsUser' };

/**
 * Joins what the cache holds for one identity with a fresh look at every server, through the same caps and circuits as
 * any fetch. The cache keeps its lists and their order, and the fresh list is dropped.
 */
export function createExplain(parts: ExplainParts): NamespacedExplain {
  return async (question, requestId, isEcpdsUser) => {
    const before = cacheViewOf(parts, question);
    if (!isEcpdsUser(question)) {
      const request = { from: 'namespace', verdict: NOT_AN_ECPDS_USER } as const;
      return { ...before, servers: [], fresh: NOT_AN_ECPDS_USER, request };
    }
    const { servers, fresh } = await lookAtAll(parts, question, requestId);
    return { ...before, servers, fresh, request: requestNow(before.cache, fresh) };
  };
}

type CacheSide = Pick<Explanation, 'cache' | 'heldForNamesakes' | 'fetchRuns'>;

function cacheViewOf({ cache, clock }: ExplainParts, question: RecheckPair): CacheSide {
  const username = asUsername(question.username);
  const key = namespacedKey({ ...question, username });
  const entry = cache.peek(key);
  const view: CacheView =
    entry === null
      ? { held: false }
      : {
          held: true,
          ageMs: clock.now() - entry.list.startedAt,
          remainingMs: entry.remainingMs,
          listed: entry.list.list.has(question.destination),
        };
  return {
    cache: view,
    heldForNamesakes: cache.countOthers(key, namesakeEnding(username)),
    fetchRuns: cache.isFetching(key),
  };
}

/** The list in the cache decides for as long as it is there, whatever ECPDS says meanwhile. */
function requestNow(cache: CacheView, fresh: RecheckVerdict): Explanation['request'] {
  if (!cache.held) return { from: 'fresh', verdict: fresh };
  return { from: 'cache', verdict: cache.listed ? { verdict: 'allow' } : NOT_LISTED };
}

const NOT_LISTED: RecheckVerdict = { verdict: 'deny', reason: 'DestinationNotInList' };
const QUEUE_FULL: ServerAnswer = {
  result: fail({ outcome: 'Unreachable', error: 'too many calls to it wait already' }),
};

async function lookAtAll(
  { servers, policy, observer, budgetMs }: ExplainParts,
  { username, destination }: RecheckPair,
  requestId: string,
): Promise<{ servers: ServerLook[]; fresh: RecheckVerdict }> {
  const context: CheckContext = { requestId, eventType: null, username: asUsername(username) };
  const late: ServerAnswer = {
    result: fail({ outcome: 'Unreachable', error: `no answer within ${budgetMs} ms` }),
  };
  const deadline = new Deadline(budgetMs);
  // As for a fetch: where one server has no room, a request would not get a list at all.
  const isFull = servers.some((server) => !server.hasRoom);
  try {
    const answers = await Promise.all(
      servers.map(async (server) => {
        const circuitOpen = server.state().circuitOpen;
        const answer = server.hasRoom ? await deadline.orAt(server.ask(context), late) : QUEUE_FULL;
        return { at: server.at, circuitOpen, answer };
      }),
    );
    const merged = mergeAnswers(
      answers.map(({ answer }) => answer),
      policy,
      new NamePool(),
    );
    if (!isFull) observer.fetchFinished(context, merged.outcome);
    const looks = answers.map(({ at, circuitOpen, answer }) => ({
      ...at,
      circuitOpen,
      ...whatItSaid(answer, destination),
    }));
    return { servers: looks, fresh: isFull ? REJECTED : verdictOn(merged, destination) };
  } finally {
    deadline.cancel();
  }
}

const REJECTED: RecheckVerdict = { verdict: 'unavailable', fetchOutcome: 'Unreachable' };

function verdictOn(merged: ReturnType<typeof mergeAnswers>, destination: string): RecheckVerdict {
  if (!merged.ok) return { verdict: 'unavailable', fetchOutcome: merged.outcome };
  return merged.list.has(destination) ? { verdict: 'allow' } : NOT_LISTED;
}

function whatItSaid(
  answer: ServerAnswer | ServerReport,
  destination: string,
): Pick<ServerLook, 'status' | 'durationMs' | 'outcome' | 'error' | 'listed'> {
  const { result } = answer;
  const called = 'durationMs' in answer ? answer : { status: null, durationMs: null };
  const common = { status: called.status, durationMs: called.durationMs };
  return result.ok
    ? { ...common, outcome: 'Success', error: null, listed: result.value.names.includes(destination) }
    : { ...common, outcome: result.failure.outcome, error: result.failure.error, listed: null };
}
