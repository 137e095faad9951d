import t from 'tap';
import type { Fetcher } from '../../src/checker/fetcher.js';
import type { FetchResult } from '../../src/checker/merge.js';
import { NamePool } from '../../src/checker/name-pool.js';
import { createRecheck } from '../../src/checker/recheck.js';
import type { RecheckPair } from '../../src/domain/recheck.js';
import { deferred } from '../helpers/deferred.js';

const pool = new NamePool();
const LIST: FetchResult = { ok: true, list: pool.list(['CIP']), outcome: 'Success' };
const pair = (username: string, destination = 'CIP', more: Partial<RecheckPair> = {}): RecheckPair => ({
  ...{ username, realm: null, issuer: null, destination },
  ...more,
});
const everybody = () => true;
const FAR_MS = 60_000;

t.test('each pair gets its verdict, in order, by one fetch per user', async (t) => {
  const asked: string[] = [];
  const fetcher: Fetcher = async ({ username, eventType, requestId }) => {
    asked.push(username);
    t.same([eventType, requestId], [null, 'r']);
    return username === 'down' ? { ok: false, outcome: 'ServerError' } : LIST;
  };
  const pairs = [
    pair('alice'),
    pair('alice', 'FOO'),
    pair('down'),
    pair('alice', 'CIP', { realm: 'other' }),
    pair('__proto__'),
    pair('constructor', '__proto__'),
  ];
  t.same(await createRecheck(fetcher, FAR_MS)(pairs, 'r', everybody), [
    { verdict: 'allow' },
    { verdict: 'deny', reason: 'DestinationNotInList' },
    { verdict: 'unavailable', fetchOutcome: 'ServerError' },
    { verdict: 'allow' },
    { verdict: 'allow' },
    { verdict: 'deny', reason: 'DestinationNotInList' },
  ]);
  t.same(asked.sort(), ['__proto__', 'alice', 'constructor', 'down']);
});

t.test('a list without every server proves what is on it, and nothing about what is not', async (t) => {
  const recheck = createRecheck(async () => ({ ...LIST, outcome: 'Unreachable' }), FAR_MS);
  t.same(await recheck([pair('a', 'CIP'), pair('a', 'FOO')], 'r', everybody), [
    { verdict: 'allow' },
    { verdict: 'unavailable', fetchOutcome: 'Unreachable' },
  ]);
});

t.test('whom ECPDS does not know by that name is denied without a call', async (t) => {
  const recheck = createRecheck(() => Promise.reject(new Error('must not be called')), FAR_MS);
  const stranger = { verdict: 'deny', reason: 'NotAnEcpdsUser' };
  t.same(await recheck([pair('a'), pair('b')], 'r', () => false), [stranger, stranger]);
});

t.test('so many users at once, over all batches; every batch is answered', async (t) => {
  let running = 0;
  let most = 0;
  const recheck = createRecheck(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return LIST;
  }, FAR_MS);
  const batch = (name: string) => Array.from({ length: 100 }, (_, i) => pair(`${name}${i}`));
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => recheck(batch(name), 'r', everybody)));
  t.equal(most, 16);
  t.ok(answers.flat().every(({ verdict }) => verdict === 'allow'));
});

t.test('what is not answered in time is unavailable, and what has not begun never begins', async (t) => {
  const started: string[] = [];
  const { promise, resolve } = deferred<FetchResult>();
  const recheck = createRecheck((context) => {
    started.push(context.username);
    return context.username === 'quick' ? Promise.resolve(LIST) : promise;
  }, 20);
  const pairs = [pair('quick'), ...Array.from({ length: 20 }, (_, i) => pair(`slow${i}`))];
  const [quick, ...slow] = await recheck(pairs, 'r', everybody);
  t.same(quick, { verdict: 'allow' });
  t.ok(slow.every((each) => each.verdict === 'unavailable' && each.fetchOutcome === 'Unreachable'));
  resolve(LIST);
  await new Promise(setImmediate);
  t.equal(started.length, 17);
});

t.test('a bug in a fetch is thrown to the caller, and to nobody else', async (t) => {
  const recheck = createRecheck(
    ({ username }) => (username === 'bug' ? Promise.reject(new TypeError('a bug')) : Promise.resolve(LIST)),
    FAR_MS,
  );
  await t.rejects(recheck([pair('a'), pair('bug'), pair('bug', 'FOO')], 'r', everybody), /a bug/);
  t.same(await recheck([pair('a')], 'r', everybody), [{ verdict: 'allow' }]);
});
