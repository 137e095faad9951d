import t from 'tap';
import { median, ratios, spreadOf } from '../../../tools/bench/stats.js';

t.test('the median is the middle value, or between the two in the middle, whatever the order', async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([10, 9, 2, 1]), 5.5);
  t.equal(median([7]), 7);
  const unsorted = [100, 20, 3];
  median(unsorted);
  t.strictSame(unsorted, [100, 20, 3], 'and it leaves its values as they were');
  t.throws(() => median([]));
});

t.test('one spoilt round moves the median little and shows in the spread', async (t) => {
  t.strictSame(spreadOf([0.9, 0.91, 0.2, 0.92, 0.89]), { value: 0.9, low: 0.2, high: 0.92, rounds: 5 });
});

t.test('rounds are compared with their partner, so that a slow machine cancels out', async (t) => {
  t.strictSame(ratios([90, 45, 9], [100, 50, 10]), [0.9, 0.9, 0.9]);
  t.throws(() => ratios([1, 2], [1]), 'a round without a partner is a mistake');
});
