import { type Drill, SERVERS, TTL_MS } from './drill.js';
import type { Answer } from './run.js';
import type { Call } from './world/network.js';
import { listedBy } from './world/people.js';

/** The longest that the calls of one fetch can begin apart: one of them may wait for its turn, as long as a call may take. */
const SAME_FETCH_MS = 30_000;

/**
 * The allows that nobody may be given: without a complete verdict, younger than the TTL, that lists the destination.
 * It knows what each server answered whom and when, and nothing of how the sidecar decides.
 *
 * Complete means a usable answer of every server under `strict`, and of any under `any_success`. Age counts from the
 * moment the server was asked.
 */
export function wrongAllows(
  drill: Drill,
  answers: readonly Answer[],
  calls: readonly Call[],
): readonly Answer[] {
  const usable = new Map<string, Call[]>();
  for (const call of calls) {
    if (call.listed === null) continue;
    const known = usable.get(call.user);
    if (known === undefined) usable.set(call.user, [call]);
    else known.push(call);
  }
  return answers.filter(
    (answer) => answer.kind === 'allow' && !isRight(drill, answer, usable.get(answer.user) ?? []),
  );
}

function isRight({ policy }: Drill, { destination, answeredAt }: Answer, calls: readonly Call[]): boolean {
  const young = calls.filter(
    ({ startedAt, endedAt }) => endedAt !== null && endedAt <= answeredAt && startedAt >= answeredAt - TTL_MS,
  );
  const listing = young.filter(({ listed }) => listed?.includes(destination));
  if (policy === 'any_success') return listing.length > 0;
  return listing.some((proof) =>
    Array.from({ length: SERVERS }, (_, server) => server).every((server) =>
      young.some(
        (call) => call.server === server && Math.abs(call.startedAt - proof.startedAt) <= SAME_FETCH_MS,
      ),
    ),
  );
}

/** The denials of what some server would have listed at that very time. */
export const deniedThoughListed = (drill: Drill, answers: readonly Answer[]): readonly Answer[] =>
  answers.filter(
    ({ kind, user, destination, answeredAt }) =>
      kind === 'deny' &&
      Array.from({ length: SERVERS }, (_, server) => server).some((server) =>
        listedBy(drill, server, user, answeredAt).includes(destination),
      ),
  );
