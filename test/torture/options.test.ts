import t from 'tap';
import { readOptions, USAGE } from './options.js';
import { PARTS } from './parts.js';

t.test('without options every part is run in its long form, and nothing is written', async (t) => {
  t.strictSame(readOptions([]), {
    size: 'long',
    only: [],
    seed: 1,
    json: false,
    mutants: false,
    accept: false,
  });
});

t.test('parts, form and seed are chosen by name', async (t) => {
  t.match(readOptions(['--short', '--mutants', '--seed', '7', '--json']), {
    size: 'short',
    mutants: true,
    seed: 7,
    json: true,
  });
  for (const { name } of PARTS) t.match(readOptions(['--only', name]), { only: [name] });
  t.equal(readOptions(['--help']), 'help');
});

t.test('what does not exist, and what would write half a page, is refused by name', async (t) => {
  t.throws(() => readOptions(['--only', 'weather']), { message: /--only weather: there is/ });
  t.throws(() => readOptions(['--seed', 'x']), { message: /--seed x/ });
  t.throws(() => readOptions(['--fast']), TypeError);
  t.throws(() => readOptions(['--accept', '--only', PARTS[0]?.name ?? '']), TypeError);
});

t.test('the usage names every option and part', async (t) => {
  for (const option of ['--short', '--mutants', '--only', '--seed', '--accept', '--json'])
    t.match(USAGE, option);
  for (const { name } of PARTS) t.match(USAGE, name);
});
