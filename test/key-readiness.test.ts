import t from 'tap';
import type { KeyState } from '../src/domain/key-state.js';
import { keyReadiness } from '../src/key-readiness.js';

const state = (provider: string, parts: Partial<KeyState> = {}): KeyState => ({
  provider,
  required: true,
  hadKeys: true,
  keys: 2,
  ageSeconds: 10.4,
  stale: false,
  lastOutcome: 'success',
  lastError: null,
  ...parts,
});
const none: Partial<KeyState> = { hadKeys: false, keys: 0, stale: true, lastError: 'HTTP 503' };

function bench(first: readonly KeyState[]) {
  const world = { states: first };
  const reported: (readonly string[])[] = [];
  const readiness = keyReadiness(() => world.states, {
    keysAttempted: () => undefined,
    notReady: (waitingFor) => void reported.push(waitingFor),
  });
  return { world, reported, readiness };
}

t.test('without providers it is ready, and says nothing of them', async (t) => {
  t.same(bench([]).readiness.probe(), { ready: true });
});

t.test('it waits for every required provider, and reports each probe until then', async (t) => {
  const { world, reported, readiness } = bench([state('a', none), state('b', { ...none, required: false })]);
  t.match(readiness.probe(), { ready: false, reason: 'keys' });
  t.match(readiness.probe(), { ready: false });
  t.same(reported, [['a'], ['a']]);
  world.states = [state('a'), state('b', { ...none, required: false })];
  t.match(readiness.probe(), { ready: true });
  t.equal(reported.length, 2);
});

t.test('once ready it stays ready, whatever becomes of keys and providers', async (t) => {
  const { world, readiness } = bench([state('a')]);
  t.match(readiness.probe(), { ready: true });
  world.states = [state('a', { keys: 0, stale: true }), state('new', none)];
  t.match(readiness.probe(), { ready: true, providers: [{ state: 'expired' }, { state: 'none' }] });
});

t.test('a look says the same and reports nothing', async (t) => {
  const { world, reported, readiness } = bench([state('a', none)]);
  t.match(readiness.look(), { ready: false, reason: 'keys', providers: [{ state: 'none' }] });
  t.same(reported, []);
  world.states = [state('a')];
  t.match(readiness.look(), { ready: true, providers: [{ state: 'fresh' }] });
  world.states = [state('a', none)];
  t.match(readiness.probe(), { ready: true }, 'ready once is ready, whoever looked');
});

t.test('it was ready when nobody asked, too', async (t) => {
  const { world, readiness } = bench([state('a')]);
  readiness.note();
  world.states = [state('b', none)];
  t.match(readiness.probe(), { ready: true });
});

t.test('the answer tells how each provider stands', async (t) => {
  const { readiness } = bench([
    state('fresh'),
    state('old', { stale: true, lastError: 'HTTP 503' }),
    state('expired', { keys: 0, stale: true, lastError: 'ECONNREFUSED' }),
    state('none', { ...none, required: false }),
  ]);
  const row = { required: true, keys: 2, age_seconds: 10, error: null };
  t.same(readiness.probe(), {
    ready: true,
    providers: [
      { ...row, oidc_provider: 'fresh', state: 'fresh' },
      { ...row, oidc_provider: 'old', state: 'old', error: 'HTTP 503' },
      { ...row, oidc_provider: 'expired', state: 'expired', keys: 0, error: 'ECONNREFUSED' },
      { ...row, oidc_provider: 'none', state: 'none', keys: 0, error: 'HTTP 503', required: false },
    ],
  });
});
