import t from 'tap';
import { isGood, MAX_FAILURES, type Outcome, type Part } from './part.js';
import { runPart } from './run-part.js';
import { SecretWatch } from './secrets/watch.js';

const NOTHING: Outcome = { cases: 0, allowed: 0, wrongAllows: 0, failures: [], figures: {}, digest: null };
const context = { seed: 1, size: 'short', secrets: new SecretWatch(), say: () => {} } as const;
const part = (run: Part['run']): Part => ({ name: 'example', promise: 'nothing', run });

t.test('a part that finds nothing is good', async (t) => {
  const { outcome, name } = await runPart(
    part(async () => NOTHING),
    context,
  );
  t.equal(name, 'example');
  t.strictSame(outcome, NOTHING);
  t.ok(isGood(outcome));
});

t.test('a wrong allow or a failure is not good', async (t) => {
  t.notOk(isGood({ ...NOTHING, wrongAllows: 1 }));
  t.notOk(isGood({ ...NOTHING, failures: [{ what: 'it hung' }] }));
});

t.test('a part that throws has failed', async (t) => {
  const { outcome } = await runPart(
    part(async () => {
      throw new Error('no Envoy');
    }),
    context,
  );
  t.notOk(isGood(outcome));
  t.match(outcome.failures[0]?.what, 'the part itself failed: Error: no Envoy');
});

t.test('a rejection that nobody caught is a failure of the part that ran', async (t) => {
  const { outcome } = await runPart(
    part(async () => {
      void Promise.reject(new Error('forgotten'));
      await new Promise((resolve) => setTimeout(resolve, 10));
      return NOTHING;
    }),
    context,
  );
  t.match(outcome.failures, [{ what: /^nobody caught: Error: forgotten/ }]);
});

t.test('one cause does not fill the report', async (t) => {
  const failures = Array.from({ length: 1000 }, () => ({ what: 'again' }));
  const { outcome } = await runPart(
    part(async () => ({ ...NOTHING, failures })),
    context,
  );
  t.equal(outcome.failures.length, MAX_FAILURES);
});
