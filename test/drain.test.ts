import t from 'tap';
import { drain } from '../src/drain.js';

const took = async (ms: number, stallMs = 0): Promise<number> => {
  const from = performance.now();
  const draining = drain(ms);
  const stalledUntil = performance.now() + stallMs;
  while (performance.now() < stalledUntil);
  await draining;
  return performance.now() - from;
};

t.test('a drain takes as long as it is told', async (t) => {
  t.ok((await took(300)) >= 299);
  t.ok((await took(0)) < 100);
});

t.test('time in which nothing could be answered does not count, within limits', async (t) => {
  t.ok((await took(300, 250)) >= 450, 'the stall counts as one step');
  t.ok((await took(300, 1000)) < 1200, 'but it is not waited for ever');
});
