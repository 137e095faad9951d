import t from 'tap';
import {
  about,
  count,
  counted,
  duration,
  figure,
  percentage,
  timeOfDay,
} from '../../src/status-page/words.js';

t.test('durations have two units at most, and are not torn apart', async (t) => {
  const of = (seconds: number): string => duration(seconds).replaceAll('\u00a0', ' ');
  t.same([-1, 0, 0.4, 59.6, 60, 200, 3600, 3661, 7500, 86_400, 190_800].map(of), [
    '0 s',
    '0 s',
    '0 s',
    '1 min',
    '1 min',
    '3 min 20 s',
    '1 h',
    '1 h 1 min',
    '2 h 5 min',
    '1 d',
    '2 d 5 h',
  ]);
  t.notMatch(duration(200), / /);
});

t.test('about how long is told in minutes', async (t) => {
  t.same(
    [4, 59, 60, 307, 331].map((seconds) => about(seconds).replace('\u00a0', ' ')),
    ['4 s', '59 s', '1 min', '5 min', '6 min'],
  );
});

t.test('shares say all only of all, and nothing only of nothing', async (t) => {
  t.same(
    [
      percentage(0, 0),
      percentage(0, 9),
      percentage(1, 1000),
      percentage(1, 3),
      percentage(999, 1000),
      percentage(9, 9),
    ],
    [null, '0 %', '< 1 %', '33 %', '> 99 %', '100 %'],
  );
});

t.test('numbers and times', async (t) => {
  t.same(
    [count(0), count(12_345), figure(0.44), figure(7), figure(1234.4)],
    ['0', '12,345', '0.4', '7', '1,234'],
  );
  t.same(
    [counted(1, 'key'), counted(0, 'key'), counted(2, 'entry', 'entries')],
    ['1 key', '0 keys', '2 entries'],
  );
  t.equal(timeOfDay('2026-11-25T00:00:10.000Z', -20), '23:59:50');
  t.equal(timeOfDay('never', -20), 'never');
});
