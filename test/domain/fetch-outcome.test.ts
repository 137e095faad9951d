import t from 'tap';
import {
  FETCH_FAILURES,
  FETCH_OUTCOME_LABELS,
  type FetchFailure,
  fetchOutcomeLabel,
  worstFailure,
} from '../../src/domain/fetch-outcome.js';

/** Contract section 3, worst first. */
const ORDER: readonly (readonly [FetchFailure, string])[] = [
  ['Unauthorized', 'http_401'],
  ['Forbidden', 'http_403'],
  ['ClientError', 'http_4xx'],
  ['InvalidResponse', 'invalid_response'],
  ['ServerError', 'http_5xx'],
  ['Unreachable', 'unreachable'],
];

t.test('the table is the one of the contract, in its order', async (t) => {
  t.same(
    FETCH_FAILURES.map(({ outcome, label }) => [outcome, label]),
    ORDER,
  );
  t.same(FETCH_OUTCOME_LABELS, ['success', ...ORDER.map(([, label]) => label)]);
});

t.test('every outcome has its label', async (t) => {
  t.equal(fetchOutcomeLabel('Success'), 'success');
  for (const [outcome, label] of ORDER) t.equal(fetchOutcomeLabel(outcome), label);
});

t.test('of any two failures the worse one wins, in whichever order they came', async (t) => {
  ORDER.forEach(([worse], rank) => {
    for (const [other] of ORDER.slice(rank)) {
      t.equal(worstFailure([worse, other]), worse, `${worse} before ${other}`);
      t.equal(worstFailure([other, worse]), worse, `${other} before ${worse}`);
    }
  });
});

t.test('without a failure there is no worst one', async (t) => t.equal(worstFailure([]), null));
