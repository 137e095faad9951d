import t from 'tap';
import { RememberedUsers } from '../../../src/identity/jwks/remembered-users.js';
import { identity } from '../../helpers/identity.js';

const user = (expiresAt = 100n) => ({ identity: identity(), expiresAt, generation: 1 });

t.test('a token is remembered until it expires', async (t) => {
  let now = 0;
  const source = { generation: 1 };
  const remembered = new RememberedUsers<typeof source>(10, () => now);
  t.equal(remembered.get('token'), null);
  remembered.add('token', source, user());
  t.equal(remembered.get('token')?.source, source);
  t.equal(remembered.get('token '), null, 'it is these very bytes');
  now = 99_999;
  t.ok(remembered.get('token'));
  now = 100_000;
  t.equal(remembered.get('token'), null);
});

t.test('it is forgotten when the keys are fetched anew or are gone', async (t) => {
  for (const generation of [2, null]) {
    const source: { generation: number | null } = { generation: 1 };
    const remembered = new RememberedUsers<typeof source>(10, () => 0);
    remembered.add('token', source, user());
    source.generation = generation;
    t.equal(remembered.get('token'), null);
    source.generation = 1;
    t.equal(remembered.get('token'), null, 'for good');
  }
});

t.test('no more tokens are remembered than allowed, the oldest going first', async (t) => {
  const source = { generation: 1 };
  const remembered = new RememberedUsers<typeof source>(2, () => 0);
  for (const token of ['one', 'two', 'three']) remembered.add(token, source, user());
  t.same(
    ['one', 'two', 'three'].map((token) => remembered.get(token) !== null),
    [false, true, true],
  );
});
