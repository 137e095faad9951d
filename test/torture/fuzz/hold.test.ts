import fc from 'fast-check';
import t from 'tap';
import { type HoldOptions, hold, type Judged, shares } from './hold.js';

const FINE: Judged = { flaw: null, allowed: true, label: 'fine' };
const options = (parts: Partial<HoldOptions<number>> = {}): HoldOptions<number> => ({
  cases: fc.nat(1000),
  count: 300,
  seed: 7,
  judge: async () => FINE,
  digestOf: String,
  progress: () => undefined,
  ...parts,
});

t.test('the same seed tries the same cases, another seed others', async (t) => {
  const [one, again, other] = [
    await hold(options()),
    await hold(options()),
    await hold(options({ seed: 8 })),
  ];
  t.equal(one.digest, again.digest);
  t.not(one.digest, other.digest);
  t.match(one, { cases: 300, allowed: 300, wrongAllows: 0, failures: [] });
});

t.test(
  'a flaw is told of the smallest case that has it, with what repeats it, and counts once',
  async (t) => {
    const judge = async (one: number): Promise<Judged> =>
      one < 500 ? FINE : { ...FINE, flaw: { what: `${one} is let through`, isWrongAllow: true } };
    const held = await hold(options({ judge }));
    t.equal(held.wrongAllows, 1);
    t.equal(held.failures.length, 1);
    t.equal(held.failures[0]?.what, '500 is let through');
    t.match(held.failures[0]?.repeat, /^fast-check seed 7, path \d+(:\d+)*$/);
    t.ok(held.cases < 300, 'cases of shrinking are not counted');
  },
);

t.test('whatever throws is a flaw', async (t) => {
  const held = await hold(options({ judge: async () => Promise.reject(new Error('a bug')) }));
  t.match(held.failures[0]?.what, /^it threw Error: a bug/);
});

t.test('shares are told from the largest', async (t) => {
  t.equal(
    shares(
      new Map([
        ['a', 1],
        ['b', 3],
      ]),
    ),
    'b 75.0 %, a 25.0 %',
  );
});
