import t from 'tap';
import {
  answerFor,
  destinationsOf,
  unknownName,
  userName,
  watchRequests,
} from '../../../../tools/bench/world/users.js';

t.test('a user has as many destinations as asked for, all different, the same ones every time', async (t) => {
  for (const [perUser, distinct] of [
    [1, 10],
    [20, 5_000],
    [200, 5_000],
    [1_000, 5_000],
  ] as const) {
    const names = destinationsOf(userName(4_321), perUser, distinct);
    t.equal(new Set(names).size, perUser);
    t.strictSame(destinationsOf(userName(4_321), perUser, distinct), names);
    t.equal(names[0], 'DST00000', 'the common one, which the watch requests name');
  }
});

t.test('users together use nearly all names, short and long ones', async (t) => {
  const names = new Set(
    Array.from({ length: 500 }, (_, i) => destinationsOf(userName(i), 200, 5_000)).flat(),
  );
  t.ok(names.size > 4_900 && names.size <= 5_000, `${names.size} names`);
  t.strictSame([...new Set([...names].map((name) => name.length))].sort(), [15, 8]);
});

t.test('an answer that is not usable is as long as one that is', async (t) => {
  const [usable, not] = [answerFor(userName(7), 200, 5_000), answerFor(userName(7), 200, 5_000, false)];
  t.equal(JSON.parse(usable).success, 'yes');
  t.equal(JSON.parse(not).success, 'no');
  t.ok(usable.length - not.length <= 1);
  t.equal(JSON.parse(answerFor(unknownName(7), 3, 5_000)).destinationList.length, 3);
});

t.test('each user brings a token of their own', async (t) => {
  const { authorizations } = watchRequests(100);
  t.equal(new Set(authorizations).size, 100);
  t.match(authorizations[0], /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
});
