import t from 'tap';
import { requestIdFrom } from '../../src/transport/request-id.js';

t.test('an id fit for logs and headers is kept', async (t) => {
  for (const id of ['a', 'A-z_0.9', 'x'.repeat(128), '...']) t.equal(requestIdFrom(id), id);
});

t.test('any other is replaced by a new one, each time another', async (t) => {
  const unfit = ['', 'x'.repeat(129), 'a b', 'a,b', 'a\nb', 'é', 'a/b', 'a"b', 'a=b', 'a:b', '\u0000', null];
  const made = unfit.map(requestIdFrom);
  for (const id of made) t.match(id, /^[0-9a-f-]{36}$/);
  t.equal(new Set(made).size, unfit.length);
});
