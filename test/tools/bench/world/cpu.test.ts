import t from 'tap';
import { cpuMicros, parseStat } from '../../../../tools/bench/world/cpu.js';

t.test('user and system time are added up, whatever the process is called', async (t) => {
  const after = 'S 1 2 3 4 5 6 7 8 9 10 250 31 0 0 20 0 11';
  t.equal(parseStat(`123 (node) ${after}`), 2_810_000);
  t.equal(parseStat(`123 (a) b (c) ${after}`), 2_810_000);
  t.throws(() => parseStat('123 (node) S 1 2'));
});

t.test('this process has used some', async (t) => {
  t.ok(cpuMicros(process.pid) > 0);
});
