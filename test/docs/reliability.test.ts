import t from 'tap';
import { readCommitted, readCommittedMutants } from '../torture/committed.js';
import { MUTANTS } from '../torture/mutants/list.js';
import { areCaught } from '../torture/mutants/mutant.js';
import { PARTS } from '../torture/parts.js';
import { writeReliability } from '../torture/report/page.js';
import { isPassed } from '../torture/results.js';

const results = readCommitted();
const mutants = readCommittedMutants();

t.test('the tables of docs/reliability.md are those of the accepted runs', async (t) => {
  t.not(results, null);
  t.not(mutants, null);
  t.equal(writeReliability('check'), false, 'the page is not what the results say');
});

t.test('the accepted run was a long one of every part, and passed', async (t) => {
  if (results === null) throw new Error('no results');
  t.equal(results.size, 'long');
  t.ok(isPassed(results));
  t.same(results.parts.map(({ name }) => name).toSorted(), PARTS.map(({ name }) => name).toSorted());
  t.ok(results.parts.reduce((sum, { outcome }) => sum + outcome.cases, 0) >= 1_000_000, 'a million cases');
  for (const { name, outcome } of results.parts) t.ok(outcome.allowed > 0, `${name} was allowed something`);
});

t.test('every broken program was shown to the suite, and caught', async (t) => {
  if (mutants === null) throw new Error('no results');
  t.ok(areCaught(mutants));
  const shown = new Set(mutants.mutants.map(({ mutant }) => `${mutant.caughtBy}: ${mutant.name}`));
  for (const { name, caughtBy } of MUTANTS) t.ok(shown.has(`${caughtBy}: ${name}`), `${caughtBy}: ${name}`);
});
