import t from 'tap';
import { type FetchResult, mergeAnswers, type PartialOutagePolicy } from '../../src/checker/merge.js';
import { NamePool } from '../../src/checker/name-pool.js';
import type { ServerReport } from '../../src/checker/server.js';
import { FETCH_FAILURES, type FetchFailure } from '../../src/domain/fetch-outcome.js';

const about = { index: 0, server: new URL('http://x'), targetField: 'name', status: 200, durationMs: 1 };
const listed = (...names: string[]): ServerReport => ({
  ...about,
  result: { ok: true, value: { names, total: names.length, inactive: 0, malformed: 0 } },
});
const failed = (outcome: FetchFailure): ServerReport => ({
  ...about,
  result: { ok: false, failure: { outcome, error: 'x' } },
});
const POLICIES: readonly PartialOutagePolicy[] = ['strict', 'any_success'];
const OUTCOMES = FETCH_FAILURES.map(({ outcome }) => outcome);

function names(result: FetchResult, ...candidates: string[]): string[] | null {
  return result.ok ? candidates.filter((name) => result.list.has(name)) : null;
}

for (const policy of POLICIES) {
  t.test(`${policy}: the list is the union over all servers`, async (t) => {
    const result = mergeAnswers([listed('A', 'B'), listed(), listed('B', 'C')], policy, new NamePool());
    t.same(names(result, 'A', 'B', 'C', 'D'), ['A', 'B', 'C']);
    t.equal(result.ok && result.list.size, 3);
    t.equal(result.outcome, 'Success');
  });

  t.test(`${policy}: an empty list is a list, and denies`, async (t) => {
    t.same(names(mergeAnswers([listed()], policy, new NamePool()), 'A'), []);
  });

  t.test(`${policy}: when all fail there is no list, and the worst failure is the outcome`, async (t) => {
    OUTCOMES.forEach((worse, rank) => {
      for (const other of OUTCOMES.slice(rank)) {
        for (const pair of [
          [worse, other],
          [other, worse],
        ]) {
          t.same(
            mergeAnswers(pair.map(failed), policy, new NamePool()),
            { ok: false, outcome: worse },
            pair.join(' and '),
          );
        }
      }
    });
  });
}

t.test('strict: one failure is enough for no list at all', async (t) => {
  for (const outcome of OUTCOMES) {
    t.same(mergeAnswers([listed('A'), failed(outcome), listed('B')], 'strict', new NamePool()), {
      ok: false,
      outcome,
    });
  }
});

t.test('any_success: one list is enough, and the worst failure is still told', async (t) => {
  for (const outcome of OUTCOMES) {
    const result = mergeAnswers(
      [failed('Unreachable'), listed('A'), failed(outcome)],
      'any_success',
      new NamePool(),
    );
    t.same(names(result, 'A', 'B'), ['A']);
    t.equal(result.outcome, outcome);
  }
});

t.test('no server at all gives no list', async (t) => {
  for (const policy of POLICIES) t.equal(mergeAnswers([], policy, new NamePool()).ok, false);
});
