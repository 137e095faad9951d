import t from 'tap';
import { DEADLINE_SHARE, statedDeadline } from '../../src/transport/deadline.js';

t.test('nine tenths of what is stated are ours, from now', async (t) => {
  t.equal(DEADLINE_SHARE, 0.9);
  for (const [header, deadline] of [
    ['500', 1450],
    ['1', 1000.9],
    ['999999999', 900_000_999.1],
  ] as const) {
    t.equal(statedDeadline(header, 1000), deadline);
  }
  t.equal(statedDeadline('500', 5), 455);
});

t.test('what is no plain count of milliseconds states nothing', async (t) => {
  const malformed = [
    '',
    '0',
    '-5',
    '+5',
    '05',
    '1.5',
    '1e3',
    '0x5',
    '5ms',
    ' 5',
    '5\n',
    '5, 5',
    '9999999999',
  ];
  for (const header of [...malformed, '５', 'Infinity', null, undefined, ['500'], ['500', '500']]) {
    t.equal(statedDeadline(header, 1000), null, JSON.stringify(header));
  }
});
