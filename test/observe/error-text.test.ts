import t from 'tap';
import { errorText, errorTrace } from '../../src/observe/error-text.js';

const SECRET = 'what-somebody-sent';

/** Bugs whose message quotes something, one of them in the form of a place. */
const QUOTING = [
  new Error(SECRET),
  new TypeError(`one line\n    at ${SECRET}\n`),
  Object.assign(new Error('x', { cause: new Error(SECRET) }), { input: SECRET }),
];

t.test('a bug is told by its name and its places, not by its message', async (t) => {
  for (const bug of QUOTING) {
    for (const text of [errorText(bug), errorTrace(bug)]) {
      t.notMatch(text, SECRET);
      t.match(text, new RegExp(`^${bug.name}\\s+at .*error-text\\.test`));
    }
  }
  t.ok(errorTrace(QUOTING[0]).split('\n').length > 2, 'with the way that led there');
});

t.test('what is no error is told by its type', async (t) => {
  for (const thrown of [SECRET, null, undefined, { message: SECRET }, 7]) {
    t.equal(errorText(thrown), typeof thrown);
    t.equal(errorTrace(thrown), typeof thrown);
  }
});
