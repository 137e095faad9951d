import { type FetchFailure, type FetchOutcome, worstFailure } from '../domain/fetch-outcome.js';
import type { DestinationList } from './destinations.js';
import type { NamePool } from './name-pool.js';
import type { ServerReport } from './server.js';

/** `ecpds.partial_outage_policy`: how tolerant a fetch is of servers that failed. The list is a union either way. */
export type PartialOutagePolicy = 'strict' | 'any_success';

/**
 * What a fetch over all servers came to. `outcome` is what `aviso_ecpds_fetch_total` records: under `any_success` a
 * usable list can still carry the worst failure.
 */
export type FetchResult = FetchResultOf<DestinationList>;
export type FetchResultOf<List> =
  | { readonly ok: true; readonly list: List; readonly outcome: FetchOutcome }
  | { readonly ok: false; readonly outcome: FetchFailure };

/** What one server is taken to have said, asked or not. */
export type ServerAnswer = Pick<ServerReport, 'result'>;

/** Merges what every configured server answered (contract section 3). The list is one of the pool's. */
export function mergeAnswers(
  answers: readonly ServerAnswer[],
  policy: PartialOutagePolicy,
  pool: NamePool,
): FetchResult {
  const usable = answers.flatMap(({ result }) => (result.ok ? [result.value.names] : []));
  const failures = answers.flatMap(({ result }) => (result.ok ? [] : [result.failure.outcome]));
  const worst = worstFailure(failures);
  const tolerable = worst === null || policy === 'any_success';
  if (usable.length === 0 || !tolerable) return { ok: false, outcome: worst ?? 'Unreachable' };
  return { ok: true, list: pool.list(usable.flat()), outcome: worst ?? 'Success' };
}
