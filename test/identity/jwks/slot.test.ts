import t from 'tap';
import { fail, ok } from '../../../src/domain/result.js';
import type { KeyFetch, KeyFetchFailure } from '../../../src/identity/jwks/fetch-keys.js';
import { type KeySet, readKeySet } from '../../../src/identity/jwks/key-set.js';
import type { KeyAttempt } from '../../../src/identity/jwks/observer.js';
import { KeySlot } from '../../../src/identity/jwks/slot.js';
import { manualClock } from '../../helpers/clock.js';
import { deferred } from '../../helpers/deferred.js';
import { keySet, testKey } from '../../helpers/keys.js';

const REFRESH = { refreshMs: 3_600_000, cooldownMs: 30_000, maxStaleMs: 86_400_000 };
const LONG = 10_000;

async function setOf(...kids: readonly string[]): Promise<KeySet> {
  const set = await readKeySet(keySet(...kids.map((kid) => testKey('p256', kid).jwk)), ['ES256']);
  if (!set.ok) throw new Error('the test is wrong');
  return set.value;
}
const OLD = await setOf('old');
const BOTH = await setOf('old', 'new');
const NEW = await setOf('new');

const URI = new URL('https://gitlab.example/keys');
const gave = (set: KeySet): KeyFetch => ({ status: 200, result: ok(set), jwksUri: URI });
const failed = (outcome: KeyFetchFailure['outcome'] = 'http_5xx'): KeyFetch => ({
  status: 503,
  result: fail({ outcome, error: 'HTTP 503' }),
  jwksUri: URI,
});

/** A slot whose attempts a test answers one by one. */
function bench() {
  const clock = manualClock();
  const asked: { known: URL | null; answer: (fetch: KeyFetch) => void; fall: (error: unknown) => void }[] =
    [];
  const attempts: Pick<KeyAttempt, 'changedTo' | 'durationMs' | 'status'>[] = [];
  const slot = new KeySlot({
    provider: 'Gitlab',
    refresh: REFRESH,
    fetch(known) {
      const { promise, resolve, reject } = deferred<KeyFetch>();
      asked.push({ known, answer: resolve, fall: reject });
      return promise;
    },
    now: clock.now,
    attempted: (attempt) => void attempts.push(attempt),
  });
  const find = (kid: string) => slot.keyFor(kid, 'ES256', LONG);
  const refresh = async (answer: KeyFetch): Promise<void> => {
    const done = slot.refresh();
    asked.at(-1)?.answer(answer);
    await done;
  };
  return { clock, asked, attempts, slot, find, refresh };
}

t.test('keys are found once they were fetched', async (t) => {
  const { slot, find, refresh, asked, attempts } = bench();
  t.match(slot.state(), { hadKeys: false, keys: 0, stale: false, lastOutcome: null, lastError: null });
  t.equal(slot.generation, null);
  await refresh(gave(OLD));
  t.match(await find('old'), { kind: 'found', key: { kid: 'old' }, generation: 1 });
  t.match(slot.state(), { hadKeys: true, keys: 1, stale: false, lastOutcome: 'success' });
  t.equal(asked.length, 1);
  t.match(attempts, [{ changedTo: ['old'], status: 200 }]);
});

t.test('an unknown id asks the provider once per cooldown, counted from the last attempt', async (t) => {
  const { slot, find, refresh, asked, clock } = bench();
  await refresh(gave(OLD));
  t.same(await find('new'), { kind: 'unknown' }, 'the last attempt succeeded: there is no such key');
  clock.advance(REFRESH.cooldownMs - 1);
  t.same(await find('new'), { kind: 'unknown' });
  t.equal(asked.length, 1);
  clock.advance(1);
  const waiting = [find('new'), find('other')];
  t.equal(asked.length, 2);
  asked[1]?.answer(gave(BOTH));
  t.match(await Promise.all(waiting), [{ kind: 'found', key: { kid: 'new' } }, { kind: 'unknown' }]);
  t.same(await find('third'), { kind: 'unknown' });
  t.equal(asked.length, 2);
  t.equal(slot.generation, 2);
});

t.test('a failed attempt counts as an attempt, and nobody can say then', async (t) => {
  const { find, refresh, asked, clock } = bench();
  await refresh(gave(OLD));
  clock.advance(REFRESH.cooldownMs);
  const first = find('new');
  asked[1]?.answer(failed());
  t.same(await first, { kind: 'unavailable' });
  t.match(await find('old'), { kind: 'found' }, 'the keys of before are kept');
  clock.advance(REFRESH.cooldownMs - 1);
  t.same(await find('new'), { kind: 'unavailable' });
  t.equal(asked.length, 2);
  clock.advance(1);
  const second = find('new');
  asked[2]?.answer(gave(NEW));
  t.match(await second, { kind: 'found' });
  t.same(await find('old'), { kind: 'unknown' }, 'a withdrawn key is gone with the set it was in');
});

t.test('a flood of unknown ids makes one attempt per cooldown, whether it succeeds or not', async (t) => {
  for (const answer of [gave(OLD), failed()]) {
    const { find, refresh, asked, clock } = bench();
    await refresh(gave(OLD));
    clock.advance(REFRESH.cooldownMs);
    const flood = Array.from({ length: 10_000 }, (_, index) => find(`random-${index}`));
    asked[1]?.answer(answer);
    const kinds = new Set((await Promise.all(flood)).map(({ kind }) => kind));
    t.same([...kinds], [answer.result.ok ? 'unknown' : 'unavailable']);
    t.equal(asked.length, 2);
  }
});

t.test('an id that is there, with an algorithm of another family, asks nobody', async (t) => {
  const { slot, refresh, asked, clock } = bench();
  await refresh(gave(OLD));
  clock.advance(REFRESH.refreshMs);
  t.same(await slot.keyFor('old', 'RS256', LONG), { kind: 'misfit' });
  t.equal(asked.length, 1);
});

t.test('kept keys end at their greatest age, and failing never extends it', async (t) => {
  const { slot, find, refresh, clock } = bench();
  await refresh(gave(OLD));
  clock.advance(REFRESH.maxStaleMs - 1);
  await refresh(failed());
  t.match(await find('old'), { kind: 'found' });
  t.match(slot.state(), { keys: 1, stale: true, lastError: 'HTTP 503' });
  clock.advance(1);
  t.same(await find('old'), { kind: 'unavailable' });
  t.match(slot.state(), { hadKeys: true, keys: 0, ageSeconds: 86_400 });
  t.equal(slot.generation, null);
});

t.test('keys that grew too old unnoticed are 503, not 401', async (t) => {
  const { slot, find, refresh, asked, clock } = bench();
  await refresh(gave(OLD));
  clock.advance(REFRESH.maxStaleMs);
  const lookup = find('old');
  asked[1]?.answer(failed('unreachable'));
  t.same(await lookup, { kind: 'unavailable' });
  t.equal(slot.state().lastOutcome, 'unreachable');
});

t.test('age counts from the start of the fetch, a cooldown from its end', async (t) => {
  const { slot, find, asked, clock } = bench();
  const done = slot.refresh();
  clock.advance(8000);
  asked[0]?.answer(gave(OLD));
  await done;
  t.equal(slot.state().ageSeconds, 8);
  clock.advance(REFRESH.cooldownMs - 1);
  await find('new');
  t.equal(asked.length, 1);
});

t.test('there is one attempt at a time, so that a slow one never overwrites a later one', async (t) => {
  const { slot, find, asked, clock } = bench();
  const slow = slot.refresh();
  clock.advance(REFRESH.refreshMs);
  const joined = [slot.refresh(), find('new')];
  t.equal(asked.length, 1, 'however long it takes');
  asked[0]?.answer(gave(OLD));
  await Promise.all([slow, ...joined]);
  const later = slot.refresh();
  asked[1]?.answer(gave(NEW));
  await later;
  t.match(await find('new'), { kind: 'found' });
  t.equal(asked.length, 2);
});

t.test('whoever waits for keys waits no longer than they have, and the attempt goes on', async (t) => {
  const { slot, find, asked } = bench();
  const done = slot.refresh();
  t.same(await slot.keyFor('old', 'ES256', 1), { kind: 'unavailable' });
  asked[0]?.answer(gave(OLD));
  await done;
  t.match(await find('old'), { kind: 'found' });
});

t.test('where the keys are is remembered for unknown ids, and asked for again otherwise', async (t) => {
  const { slot, find, refresh, asked, clock } = bench();
  await refresh(gave(OLD));
  clock.advance(REFRESH.cooldownMs);
  const lookup = find('new');
  t.equal(asked[1]?.known, URI);
  asked[1]?.answer(failed());
  await lookup;
  clock.advance(REFRESH.cooldownMs);
  const again = find('new');
  t.equal(asked[2]?.known, null, 'after a failure they may have moved');
  asked[2]?.answer(gave(NEW));
  await again;
  const background = slot.refresh();
  t.equal(asked[3]?.known, null);
  asked[3]?.answer(gave(NEW));
  await background;
});

t.test('the next attempt is due by the start of a success, and by the end of a failure', async (t) => {
  const { slot, refresh, asked, clock } = bench();
  t.equal(slot.dueInMs(1), 0);
  const done = slot.refresh();
  clock.advance(1000);
  asked[0]?.answer(gave(OLD));
  await done;
  t.equal(slot.dueInMs(1), REFRESH.refreshMs - 1000);
  t.equal(slot.dueInMs(0.8), REFRESH.refreshMs * 0.8 - 1000);
  clock.advance(REFRESH.refreshMs * 2);
  t.equal(slot.dueInMs(1), 0);
  await refresh(failed());
  t.equal(slot.dueInMs(0.8), REFRESH.cooldownMs * 0.8);
});

t.test('a fault in reading an answer is a failed attempt that says so', async (t) => {
  const { slot, asked } = bench();
  const done = slot.refresh();
  asked[0]?.fall(new TypeError('SECRET'));
  await done;
  t.match(slot.state(), { stale: true, lastOutcome: 'invalid_response', lastError: 'unexpected TypeError' });
});

t.test('other ids are told of once', async (t) => {
  const { refresh, attempts } = bench();
  for (const answer of [gave(OLD), gave(OLD), failed(), gave(BOTH), gave(NEW)]) await refresh(answer);
  t.same(
    attempts.map(({ changedTo }) => changedTo),
    [['old'], null, null, ['new', 'old'], ['new']],
  );
});
