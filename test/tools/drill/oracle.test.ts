import t from 'tap';
import type { AuthorizeParts } from '../../../src/authorize.js';
import type { Checker, Verdict } from '../../../src/checker/checker.js';
import { TTL_MS } from '../../../tools/drill/drill.js';
import { deniedThoughListed, wrongAllows } from '../../../tools/drill/oracle.js';
import { type Answer, runDrill } from '../../../tools/drill/run.js';
import type { Call } from '../../../tools/drill/world/network.js';
import { drillNamed } from '../../helpers/drills.js';

const DOWN = drillNamed('down');
const ANY = drillNamed('down-any');

const allow = (answeredAt: number, parts: Partial<Answer> = {}): Answer => ({
  ...{ at: answeredAt, answeredAt, user: 'user0000', destination: 'CIP', kind: 'allow', cacheOutcome: 'hit' },
  ...parts,
});
const call = (server: number, startedAt: number, listed: readonly string[] | null): Call => ({
  ...{ server, user: 'user0000', startedAt, endedAt: startedAt + 100, listed },
});
const wrong = (answers: readonly Answer[], calls: readonly Call[], drill = DOWN): number =>
  wrongAllows(drill, answers, calls).length;

t.test('an allow needs a usable answer of every server, one of which lists the destination', async (t) => {
  t.equal(wrong([allow(200)], [call(0, 100, ['CIP']), call(1, 100, [])]), 0);
  t.equal(wrong([allow(200)], []), 1, 'nobody asked');
  t.equal(wrong([allow(200)], [call(0, 100, ['FOO']), call(1, 100, [])]), 1, 'not listed');
  t.equal(wrong([allow(200)], [call(0, 100, ['CIP']), call(1, 100, null)]), 1, 'not complete');
  t.equal(wrong([allow(199)], [call(0, 100, ['CIP']), call(1, 100, [])]), 1, 'before it was answered');
  t.equal(wrong([allow(200, { user: 'user0001' })], [call(0, 100, ['CIP']), call(1, 100, [])]), 1);
  t.equal(wrong([allow(200, { kind: 'deny' })], []), 0, 'a refusal is never wrong');
});

t.test('the answers must be younger than the TTL, all of them, and of one fetch', async (t) => {
  const at = (first: number, second: number) => [call(0, first, ['CIP']), call(1, second, [])];
  t.equal(wrong([allow(100 + TTL_MS)], at(100, 100)), 0);
  t.equal(wrong([allow(101 + TTL_MS)], at(100, 100)), 1);
  t.equal(wrong([allow(101 + TTL_MS)], at(200, 100)), 1, 'one part is too old');
  t.equal(wrong([allow(90_000)], at(100, 60_000)), 1, 'not asked together');
});

t.test('under any_success one server that lists it is enough', async (t) => {
  t.equal(wrong([allow(200)], [call(0, 100, ['CIP']), call(1, 100, null)], ANY), 0);
  t.equal(wrong([allow(200)], [call(0, 100, null), call(1, 100, ['FOO'])], ANY), 1);
});

t.test('a denial of what a server lists now is told apart', async (t) => {
  const deny = allow(200, { kind: 'deny', destination: 'DST00' });
  t.equal(deniedThoughListed(DOWN, [deny, { ...deny, destination: 'SECRET' }]).length, 1);
});

/** A checker with a rule broken: what it said last holds on when ECPDS fails. */
function extending(checker: Checker): Checker {
  const last = new Map<string, Verdict>();
  return {
    ...checker,
    async check(request) {
      const key = `${request.identity.username} ${request.destination}`;
      const verdict = await checker.check(request);
      if (verdict.kind === 'unavailable') return last.get(key) ?? verdict;
      last.set(key, verdict);
      return verdict;
    },
  };
}

const withChecker =
  (change: (checker: Checker) => Checker) =>
  (parts: AuthorizeParts): AuthorizeParts => {
    if (parts.destinations === null) throw new Error('nothing is gated');
    return { ...parts, destinations: { ...parts.destinations, checker: change(parts.destinations.checker) } };
  };

t.test('a cache that extends lists on a failed fetch is found out', async (t) => {
  const { answers, calls } = await runDrill({
    drill: DOWN,
    protections: 'recommended',
    seed: 1,
    broken: withChecker(extending),
  });
  t.ok(wrong(answers, calls) > 100);
});

t.test('lists that are not complete are found out under strict', async (t) => {
  const { answers, calls } = await runDrill({ drill: ANY, protections: 'default', seed: 1 });
  t.equal(wrong(answers, calls, ANY), 0);
  t.ok(wrong(answers, calls, DOWN) > 100);
});
