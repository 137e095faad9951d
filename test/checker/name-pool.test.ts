import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import type { DestinationList } from '../../src/checker/destinations.js';
import { NamePool } from '../../src/checker/name-pool.js';

t.test('a list of the pool says what a set of the same names says', async (t) => {
  const name = fc.oneof(fc.constantFrom('', '__proto__', 'CIP', 'cip', 'ÜBER', '*'), fc.string());
  const pool = new NamePool();
  fc.assert(
    fc.property(fc.array(name), fc.array(name), (names, asked) => {
      const list = pool.list(names);
      const set = new Set(names);
      return list.size === set.size && [...names, ...asked].every((one) => list.has(one) === set.has(one));
    }),
  );
  t.pass();
});

t.test('lists share names and know nothing of each other', async (t) => {
  const pool = new NamePool();
  const [one, other] = [pool.list(['A', 'B']), pool.list(['B', 'C', 'B'])];
  t.equal(pool.size, 3);
  t.same(
    ['A', 'B', 'C'].map((name) => [one.has(name), other.has(name)]),
    [
      [true, false],
      [true, true],
      [false, true],
    ],
  );
});

t.test(
  'names that no list holds any more are let go, and their numbers change no list that is left',
  async (t) => {
    const pool = new NamePool();
    const kept = pool.list(['A', 'B']);
    const dropped = new DroppedLists(pool);
    t.equal(pool.size, 2 + 300);
    await dropped.collect(() => pool.size === 2);
    t.equal(pool.size, 2);
    const next = pool.list(Array.from({ length: 500 }, (_, i) => `new-${i}`));
    t.equal(next.size, 500);
    for (let i = 0; i < 300; i++) t.notOk(kept.has(`gone-${i}`) || next.has(`gone-${i}`));
    for (let i = 0; i < 500; i++) if (kept.has(`new-${i}`) || !next.has(`new-${i}`)) t.fail(`new-${i}`);
    t.ok(kept.has('A') && kept.has('B') && !next.has('A'));
  },
);

t.test('a name does not keep the text it was cut out of', async (t) => {
  const pool = new NamePool();
  const lists: DestinationList[] = [];
  const before = await heapUsed();
  for (let i = 0; i < 20; i++) {
    const answer = `destination-name-${i}`.padEnd(1_000_000, '.');
    lists.push(pool.list([answer.slice(0, 20)]));
  }
  t.ok((await heapUsed()) - before < 5_000_000, 'twenty names, not twenty megabytes');
  t.equal(lists.length, 20);
});

/** Lists that only this object holds, until it lets them go. */
class DroppedLists {
  #lists: DestinationList[] | null = [];

  constructor(pool: NamePool) {
    for (let i = 0; i < 300; i++) this.#lists?.push(pool.list([`gone-${i}`, 'A']));
  }

  async collect(isDone: () => boolean): Promise<void> {
    this.#lists = null;
    for (let tries = 0; tries < 50 && !isDone(); tries++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

async function heapUsed(): Promise<number> {
  collectGarbage();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
