import t from 'tap';
import { createFetcher } from '../../src/checker/fetcher.js';
import type { Fetch } from '../../src/http/bounded-get.js';
import { manualClock } from '../helpers/clock.js';
import { deferred } from '../helpers/deferred.js';
import { contextFor, recordingObserver } from '../helpers/observer.js';
import { ecpdsServers } from '../helpers/servers.js';

type Answer = Awaited<ReturnType<Fetch>>;

/** One server, one call at a time, each for a minute at most; the first call is under way. */
async function busy() {
  const clock = manualClock();
  const observer = recordingObserver();
  const answers = [deferred<Answer>(), deferred<Answer>()];
  let calls = 0;
  const [server] = ecpdsServers({
    urls: ['http://a.example'],
    fetch: () => answers[calls++]?.promise ?? Promise.reject(new Error('one call too many')),
    observer,
    clock,
    requestTimeoutMs: 60_000,
    limits: { maxConcurrent: 1, maxQueued: 10 },
  });
  if (server === undefined) throw new Error('no server');
  const fetcher = createFetcher([server], 'strict', observer);
  void fetcher(contextFor('first'));
  await new Promise((resolve) => setImmediate(resolve));
  const answer = (index: number): void =>
    answers[index]?.resolve({ status: 503, headers: new Headers(), body: null });
  return { clock, observer, server, answer, calls: () => calls, fetch: () => fetcher(contextFor('second')) };
}

t.test('a call whose turn comes in time is made', async (t) => {
  const { clock, observer, answer, calls, fetch } = await busy();
  const second = fetch();
  clock.advance(60_000);
  answer(0);
  answer(1);
  t.same(await second, { ok: false, outcome: 'ServerError' });
  t.equal(calls(), 2);
  t.match(observer.reports[1], { status: 503 });
});

t.test('a call that waited for its turn as long as one may take is not made, and says so', async (t) => {
  const { clock, observer, server, answer, calls, fetch } = await busy();
  const second = fetch();
  clock.advance(60_001);
  answer(0);
  t.same(await second, { ok: false, outcome: 'Unreachable' });
  t.equal(calls(), 1);
  t.match(observer.reports[1], {
    status: null,
    result: { failure: { outcome: 'Unreachable', error: 'no turn within 60000 ms' } },
  });
  t.match(
    server.state(),
    { failure: { outcome: 'ServerError' }, queued: 0 },
    'which is no news of the server',
  );
});
