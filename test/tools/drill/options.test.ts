import t from 'tap';
import { DRILL_NAMES } from '../../../tools/drill/drill.js';
import { readOptions, USAGE } from '../../../tools/drill/options.js';

t.test('without options every drill is run, and nothing is written', async (t) => {
  t.strictSame(readOptions([]), { only: [], json: false, markdown: false, out: null, seed: 1 });
});

t.test('drills, seed and output are chosen', async (t) => {
  t.strictSame(
    readOptions(['--only', 'down', '--only', 'storm', '--json', '--seed', '7', '--out', 'x.svg']),
    {
      only: ['down', 'storm'],
      json: true,
      markdown: false,
      out: 'x.svg',
      seed: 7,
    },
  );
  t.match(readOptions(['--markdown']), { markdown: true });
  t.equal(readOptions(['--help']), 'help');
});

t.test('what does not exist is refused by name', async (t) => {
  t.throws(() => readOptions(['--only', 'flood']), { message: /flood.*steady, down/ });
  t.throws(() => readOptions(['--fast']), TypeError);
  for (const seed of ['', '-1', '1.5', 'x', '1234567890'])
    t.throws(() => readOptions([`--seed=${seed}`]), TypeError);
  t.throws(() => readOptions(['--json', '--markdown']), TypeError);
});

t.test('the usage names every option and drill', async (t) => {
  for (const name of ['--only', '--json', '--markdown', '--out', '--seed', ...DRILL_NAMES])
    t.match(USAGE, name);
});
