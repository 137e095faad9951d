import t from 'tap';
import { cpuMicros, parseStat } from '../../../../tools/bench/grpc-servers/cpu.js';

const STAT = '4711 (a) b (c) S 1 2 3 4 -1 4194560 5 6 7 8 123 45 9 10 20 0 11 0 999 1 2';

t.test('user and system time are found behind a name with brackets and blanks', async (t) => {
  t.equal(parseStat(STAT), 1_680_000);
});

t.test('what is no such line is refused', async (t) => {
  t.throws(() => parseStat(''), { message: /no times/ });
  t.throws(() => parseStat('4711 (node) S 1 2'), { message: /no times/ });
});

t.test('a real process has used some', { skip: process.platform !== 'linux' && 'no /proc' }, async (t) => {
  t.ok(cpuMicros(process.pid) > 0);
});
