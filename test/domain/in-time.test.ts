import t from 'tap';
import { inTime } from '../../src/domain/in-time.js';

const never = new Promise<string>(() => undefined);

t.test('a value in time is the value, and a rejection in time is one', async (t) => {
  t.equal(await inTime(60_000, Promise.resolve('value'), 'late'), 'value');
  await t.rejects(inTime(60_000, Promise.reject(new Error('bug')), 'late'), /bug/);
});

t.test('what takes longer is late, however little time there was', async (t) => {
  for (const ms of [5, 0, -5, Number.NaN]) t.equal(await inTime(ms, never, 'late'), 'late');
});

t.test('what rejects afterwards is nobody’s, and ends nothing', async (t) => {
  const later = new Promise<string>((_resolve, reject) => setTimeout(reject, 10, new Error('late')));
  t.equal(await inTime(1, later, 'late'), 'late');
  await new Promise((resolve) => setTimeout(resolve, 20));
});

t.test('a time longer than a timer of Node can have is long, not none', async (t) => {
  const soon = new Promise<string>((resolve) => setTimeout(resolve, 20, 'value'));
  t.equal(await inTime(99_999_999 * 3_600_000, soon, 'late'), 'value');
});
