import t from 'tap';
import { Deadline } from '../../src/checker/deadline.js';
import { deferred } from '../helpers/deferred.js';

t.test('what comes in time is what it is, and what does not is late', async (t) => {
  const deadline = new Deadline(20);
  t.equal(await deadline.orAt(Promise.resolve('value'), 'late'), 'value');
  t.equal(deadline.isPast, false);
  t.equal(await deadline.orAt(deferred<string>().promise, 'late'), 'late');
  t.equal(deadline.isPast, true);
});

t.test('once cancelled it never passes', async (t) => {
  const deadline = new Deadline(1);
  deadline.cancel();
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(deadline.isPast, false);
});
