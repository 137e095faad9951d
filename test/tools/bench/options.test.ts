import t from 'tap';
import { readOptions, USAGE } from '../../../tools/bench/options.js';
import { PART_NAMES, partsOf } from '../../../tools/bench/parts.js';

t.test('without options everything is measured in full', async (t) => {
  t.strictSame(readOptions([]), { mode: 'full', only: [], json: false, profile: false, accept: false });
  t.strictSame(
    partsOf('full', []).map(([name]) => name),
    PART_NAMES,
  );
});

t.test('modes and parts are chosen by name', async (t) => {
  t.match(readOptions(['--quick', '--only', 'users', '--only', 'direct', '--json']), {
    mode: 'quick',
    only: ['users', 'direct'],
    json: true,
  });
  t.match(readOptions(['--gates']), { mode: 'gates' });
  t.match(readOptions(['--profile', '--quick']), { profile: true, mode: 'quick' });
  t.equal(readOptions(['--help']), 'help');
  const names = partsOf('gates', []).map(([name]) => name);
  t.strictSame(names, ['envoy', 'direct'], 'the gates are the parts with a guarded figure');
});

t.test('what does not exist is refused by name', async (t) => {
  t.throws(() => readOptions(['--only', 'speed']), { message: /speed.*envoy, direct/ });
  t.throws(() => readOptions(['--fast']), TypeError);
  t.throws(() => readOptions(['--quick', '--gates']), TypeError);
});

t.test('the usage names every option and part', async (t) => {
  for (const option of ['--quick', '--gates', '--only', '--profile', '--json', '--accept', ...PART_NAMES])
    t.match(USAGE, option);
});
