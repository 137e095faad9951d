import t from 'tap';
import { chooseCores, parseCoreList, pinned } from '../../../../tools/bench/world/cores.js';

t.test('the kernel’s list of cores has ranges and single ones', async (t) => {
  t.strictSame(parseCoreList('0-1'), [0, 1]);
  t.strictSame(parseCoreList('2-4,7,9-10'), [2, 3, 4, 7, 9, 10]);
  t.strictSame(parseCoreList('5'), [5]);
});

t.test('a program is pinned to a core, or left to the system', async (t) => {
  t.strictSame(pinned(3, 'node', ['a.js']), ['taskset', ['-c', '3', 'node', 'a.js']]);
  t.strictSame(pinned(null, 'node', ['a.js']), ['node', ['a.js']]);
  t.strictSame(chooseCores(false), { server: null, load: null }, 'without taskset nothing is pinned');
});
