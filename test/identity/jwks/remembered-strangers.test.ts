import t from 'tap';
import { RememberedStrangers } from '../../../src/identity/jwks/remembered-strangers.js';

t.test(
  'no more are remembered than allowed, the oldest going first, and each is these very bytes',
  async (t) => {
    const strangers = new RememberedStrangers(2);
    for (const token of ['one', 'two', 'three']) strangers.add(token);
    t.same(
      ['one', 'two', 'three', 'three '].map((token) => strangers.has(token)),
      [false, true, true, false],
    );
  },
);
