import t from 'tap';
import { listOf } from '../world/lists.js';
import { makeTokens } from '../world/tokens.js';
import { KINDS, REQUESTS_PER_ARRIVAL } from './mix.js';
import { type Arrival, schedule } from './schedule.js';

const tokens = makeTokens(1_790_000_000);

function take(seed: number, count: number, requestsPerSecond = 1_000): Arrival[] {
  const arrivals = schedule({ seed, tokens, longestHoldMs: 1_000, firstNumber: 0 }, requestsPerSecond);
  return Array.from({ length: count }, () => arrivals.next().value);
}

t.test('the schedule follows the seed, and nothing else', async (t) => {
  t.same(take(1, 500), take(1, 500));
  t.notSame(take(1, 500), take(2, 500));
});

t.test('it holds every kind, in about the share that it should have', async (t) => {
  const arrivals = take(3, 40_000);
  for (const [kind, { weight }] of Object.entries(KINDS)) {
    const share = arrivals.filter(({ plans }) => plans[0]?.kind === kind).length / arrivals.length;
    t.ok(Math.abs(share * 1000 - weight) < 1 + weight * 0.2, `${kind}: ${share * 1000} of ${weight}`);
  }
});

t.test('arrivals are as many a second as asked for, and not evenly spread', async (t) => {
  const arrivals = take(4, 40_000);
  const requests = arrivals.reduce((sum, { plans }) => sum + plans.length, 0);
  const seconds = (arrivals.at(-1)?.atMs ?? 0) / 1000;
  t.ok(Math.abs(requests / seconds / 1_000 - 1) < 0.05, `${requests / seconds} a second`);
  const gaps = arrivals.slice(1).map(({ atMs }, i) => atMs - (arrivals[i]?.atMs ?? 0));
  const short = gaps.filter((gap) => gap < REQUESTS_PER_ARRIVAL).length / gaps.length;
  t.ok(Math.abs(short - (1 - Math.exp(-1))) < 0.02, `${short} of the gaps are shorter than the mean`);
});

t.test('who asks for a listed destination has it, and tokens are of who asks', async (t) => {
  for (const { plans } of take(5, 2_000)) {
    for (const { kind, user, destination, token } of plans) {
      if (user === null) continue;
      if (kind === 'listed' || kind === 'crowd') t.ok(listOf(user, 0).includes(destination), destination);
      if (kind === 'not_listed') t.notOk(listOf(user, 0).includes(destination), destination);
      if (kind === 'listed') t.equal(token, tokens.good.get(user));
    }
  }
});
