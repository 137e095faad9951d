import t from 'tap';
import { Limiter } from '../../src/checker/limiter.js';
import { deferred } from '../helpers/deferred.js';

t.test('so many run, the others wait, first come, first served', async (t) => {
  const limiter = new Limiter({ maxConcurrent: 2, maxQueued: 3 });
  const calls = Array.from({ length: 5 }, () => deferred<number>());
  const started: number[] = [];
  const results = calls.map(({ promise }, index) =>
    limiter.run(() => {
      started.push(index);
      return promise;
    }),
  );
  t.same([limiter.inFlight, limiter.queued, limiter.hasRoom], [2, 3, false], 'known at once');
  for (const [index, call] of calls.entries()) {
    call.resolve(index);
    t.equal(await results[index], index);
    await new Promise(setImmediate);
  }
  t.same(started, [0, 1, 2, 3, 4]);
  t.same([limiter.inFlight, limiter.queued, limiter.hasRoom], [0, 0, true]);
});

t.test('without a queue there is room while one more can run', async (t) => {
  const limiter = new Limiter({ maxConcurrent: 1, maxQueued: 0 });
  t.equal(limiter.hasRoom, true);
  const { promise, resolve } = deferred<null>();
  const result = limiter.run(() => promise);
  t.equal(limiter.hasRoom, false);
  resolve(null);
  await result;
  await new Promise(setImmediate);
  t.equal(limiter.hasRoom, true);
});

t.test('a call that fails or throws gives its place back', async (t) => {
  const limiter = new Limiter({ maxConcurrent: 1, maxQueued: 10 });
  const bugs = [
    () => Promise.reject(new Error('rejected')),
    () => {
      throw new Error('thrown');
    },
  ];
  for (const bug of bugs) await t.rejects(limiter.run(bug));
  t.equal(await limiter.run(async () => 'next'), 'next');
});
