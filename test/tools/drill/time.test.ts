import t from 'tap';
import { between, seeded } from '../../../tools/drill/random.js';
import { runDrill } from '../../../tools/drill/run.js';
import { inSimulatedTime } from '../../../tools/drill/time.js';
import { drillNamed } from '../../helpers/drills.js';

t.test('what waits, waits in simulated time: in order, and each with what follows from it', async (t) => {
  const seen: string[] = [];
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const startedAt = process.hrtime.bigint();
  await inSimulatedTime(seeded(1), async ({ now, runUntil }) => {
    void wait(60_000).then(() => seen.push(`b ${now()} ${performance.now()}`));
    void wait(1000)
      .then(() => wait(2000))
      .then(() => seen.push(`a ${now()} ${new Date().toISOString()}`));
    await runUntil(59_999);
    t.same(seen, ['a 3000 2026-01-01T00:00:03.000Z']);
    await runUntil(60_000);
    t.equal(now(), 60_000);
  });
  t.same(seen.slice(1), ['b 60000 60000']);
  t.ok(process.hrtime.bigint() - startedAt < 10_000_000_000n);
});

t.test('real time and chance are back afterwards, also after a failure', async (t) => {
  const real = [setTimeout, Math.random, Date];
  await t.rejects(
    inSimulatedTime(seeded(1), () => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  );
  t.same([setTimeout, Math.random, Date], real);
  t.ok(Date.now() > Date.UTC(2026, 1, 1));
});

t.test('a seed is a course of chance', async (t) => {
  const numbers = (seed: number) => Array.from({ length: 1000 }, seeded(seed));
  t.same(numbers(7), numbers(7));
  t.notSame(numbers(7), numbers(8));
  t.ok(numbers(7).every((number) => number >= 0 && number < 1));
  const random = seeded(3);
  t.same([...new Set(Array.from({ length: 100 }, () => between(random, [4, 6])))].sort(), [4, 5, 6]);
});

t.test('the same seed makes the same run, to the millisecond', async (t) => {
  const drill = { ...drillNamed('flapping'), users: 40 };
  const run = (seed: number) => runDrill({ drill, protections: 'all three', seed });
  const [one, other, third] = [await run(5), await run(5), await run(6)];
  t.same([one.answers, one.calls], [other.answers, other.calls]);
  t.notSame(one.answers, third.answers);
});
