import t from 'tap';
import { MUTANTS } from './list.js';
import { runMutant, runUnbroken } from './run.js';

t.test(
  'a broken program is caught by the part that it is meant for, and what is not broken is not',
  async (t) => {
    const mutant = MUTANTS.find(({ caughtBy }) => caughtBy === 'auth-o-tron');
    if (mutant === undefined) throw new Error('no mutant');
    const { caught } = await runMutant(mutant, 1);
    t.type(caught, 'string');
    await t.resolves(runUnbroken(mutant.caughtBy, 1));
  },
);

t.test('a mutant whose source has changed is no mutant', async (t) => {
  const mutant = {
    name: 'gone',
    file: 'src/authorize.js',
    find: 'not there',
    replace: '',
    caughtBy: 'tokens',
  };
  await t.rejects(runMutant(mutant, 1), { message: /has `not there` 0 times, not once/ });
});
