import t from 'tap';
import { testKey } from '../helpers/keys.js';
import type { Fault } from '../helpers/oidc-issuer.js';
import { sign } from '../helpers/tokens.js';
import { becomes } from '../proxies/client.js';
import {
  COOLDOWN,
  INCOMPLETE,
  identityBlock,
  KEYS,
  MAX_STALE,
  NAMES,
  OLD_KEPT,
  startBench,
} from './bench.js';

const BOTH_200 = { Gitlab: 200, CustomersDot: 200 };
const ROTATED = testKey('rsa', 'gitlab-2');

t.test('both up: everybody is known, and nothing is wrong anywhere', async (t) => {
  const { app, statuses, records, unknownKey } = await startBench(t);
  t.same(await statuses(), BOTH_200);
  t.same(records(), []);
  t.match(await app.readyz(), {
    status: 200,
    body: {
      ready: true,
      providers: NAMES.map((oidc_provider) => ({ oidc_provider, state: 'fresh', keys: 1, error: null })),
    },
  });
  const series = await app.series();
  for (const name of NAMES) {
    t.equal(series.get(`aviso_jwks_keys{oidc_provider="${name}"}`), 1);
    t.equal(series.get(`aviso_jwks_stale{oidc_provider="${name}"}`), 0);
    t.equal(series.get(`aviso_jwks_age_seconds{oidc_provider="${name}"}`), 0);
    t.equal(series.get(`aviso_jwks_fetch_total{oidc_provider="${name}",outcome="success"}`), 1);
    t.equal(series.get(`aviso_jwks_fetch_total{oidc_provider="${name}",outcome="unreachable"}`), 0);
  }
  t.equal(await unknownKey('Gitlab'), 401, 'the provider says that there is no such key');
});

for (const [fault, outcome] of [
  ['down', 'unreachable'],
  ['error', 'http_5xx'],
  ['html', 'invalid_response'],
  ['ten-thousand-keys', 'invalid_response'],
  ['empty', 'no_usable_keys'],
] as const satisfies readonly (readonly [Fault, string])[]) {
  t.test(`one ${fault}, with old keys: they are kept, and nobody notices but operators`, async (t) => {
    const { app, issuers, statuses, records, unknownKey } = await startBench(t);
    issuers.Gitlab.fail(fault);
    app.clock.advance(COOLDOWN);
    t.equal(await unknownKey('Gitlab'), 503, 'nobody can say whether there is such a key');
    t.same(records(), [[OLD_KEPT, 'Gitlab']]);
    t.same(await statuses(), BOTH_200);
    t.equal(await unknownKey('CustomersDot'), 401);
    t.match(await app.readyz(), {
      status: 200,
      body: { ready: true, providers: [{ state: 'old', keys: 1, error: /.+/ }, { state: 'fresh' }] },
    });
    const series = await app.series();
    t.equal(series.get('aviso_jwks_stale{oidc_provider="Gitlab"}'), 1);
    t.equal(series.get('aviso_jwks_stale{oidc_provider="CustomersDot"}'), 0);
    t.equal(series.get('aviso_jwks_keys{oidc_provider="Gitlab"}'), 1);
    t.equal(series.get('aviso_jwks_age_seconds{oidc_provider="Gitlab"}'), COOLDOWN / 1000);
    t.equal(series.get(`aviso_jwks_fetch_total{oidc_provider="Gitlab",outcome="${outcome}"}`), 1);
    const record = app.events.find(({ message }) => message === OLD_KEPT);
    t.match(record, { level: 'warn', logger: 'cloud_connector', outcome, keys: 1 });

    app.clock.advance(MAX_STALE - COOLDOWN);
    t.same((await statuses()).Gitlab, 503, 'kept keys are gone at their greatest age');
    t.same(
      records().filter(([, name]) => name === 'Gitlab'),
      [[INCOMPLETE, 'Gitlab']],
    );
    t.match(await app.readyz(), {
      status: 200,
      body: { ready: true, providers: [{ state: 'expired', keys: 0 }] },
    });
    t.equal((await app.series()).get('aviso_jwks_keys{oidc_provider="Gitlab"}'), 0);
  });
}

t.test(
  'one down without keys: its users get 503, the others are untouched, and nobody is sent here',
  async (t) => {
    const { app, statuses, records, unknownKey } = await startBench(t, { down: ['Gitlab'] });
    t.same(await statuses(), { Gitlab: 503, CustomersDot: 200 });
    t.equal(await unknownKey('Gitlab'), 503);
    t.same(records(), [[INCOMPLETE, 'Gitlab']]);
    const record = app.events.find(({ message }) => message === INCOMPLETE);
    t.match(record, { level: 'error', logger: 'cloud_connector', outcome: 'unreachable', keys: 0 });
    for (const probe of [1, 2]) {
      const { status, body } = await app.readyz();
      t.equal(status, 503);
      t.match(body, { ready: false, reason: 'keys', providers: [{ state: 'none' }, { state: 'fresh' }] });
      const failed = app.events.filter((event) => event['cloud_connector_ready'] === false);
      t.equal(failed.length, probe, 'each failing probe is logged');
      t.match(failed.at(-1), { logger: 'cloud_connector', oidc_providers: ['Gitlab'] });
    }
    const series = await app.series();
    t.equal(series.get('aviso_jwks_keys{oidc_provider="Gitlab"}'), 0);
    t.equal(series.get('aviso_jwks_stale{oidc_provider="Gitlab"}'), 1);
    t.equal(
      await app.status(sign({ username: 'alice' })),
      200,
      'tokens of the shared secret need no provider',
    );
  },
);

t.test('one that is not required, down without keys: ready all the same', async (t) => {
  const { app, statuses } = await startBench(t, {
    down: ['Gitlab'],
    providers: { Gitlab: { required: false } },
  });
  t.match(await app.readyz(), { status: 200, body: { providers: [{ required: false, state: 'none' }] } });
  t.same(await statuses(), { Gitlab: 503, CustomersDot: 200 });
});

t.test('both down, and back again: ready once both had keys, and from then on always', async (t) => {
  const { app, issuers, statuses, records } = await startBench(t, { down: NAMES });
  t.same(await statuses(), { Gitlab: 503, CustomersDot: 503 });
  t.same(records().sort(), NAMES.map((name) => [INCOMPLETE, name]).sort());
  t.match(await app.readyz(), { status: 503, body: { reason: 'keys' } });
  t.equal(await app.status(sign({ username: 'alice' })), 200);

  issuers.Gitlab.fail(null);
  app.clock.advance(COOLDOWN);
  t.same(
    await statuses(),
    { Gitlab: 200, CustomersDot: 503 },
    'the request that asks for the keys waits for them',
  );
  t.match(await app.readyz(), { status: 503, body: { providers: [{ state: 'fresh' }, { state: 'none' }] } });

  issuers.CustomersDot.fail(null);
  app.clock.advance(COOLDOWN);
  t.same(await statuses(), BOTH_200);
  t.match(await app.readyz(), { status: 200, body: { ready: true } });

  for (const name of NAMES) issuers[name].fail('error');
  app.clock.advance(MAX_STALE);
  t.same(await statuses(), { Gitlab: 503, CustomersDot: 503 });
  t.match(await app.readyz(), { status: 200, body: { ready: true, providers: [{ state: 'expired' }] } });
  for (const name of NAMES) issuers[name].fail(null);
  app.clock.advance(COOLDOWN);
  t.same(await statuses(), BOTH_200);
  t.equal((await app.series()).get('aviso_jwks_stale{oidc_provider="Gitlab"}'), 0);
});

t.test('wrong keys: the provider has spoken, so its tokens are 401 and not 503', async (t) => {
  const { app, issuers, statuses, token, records } = await startBench(t);
  const before = await token('Gitlab');
  t.equal(await app.status(before), 200);
  issuers.Gitlab.fail('wrong-keys');
  issuers.Gitlab.rotate(ROTATED);
  app.clock.advance(COOLDOWN);
  t.same(await statuses(), { Gitlab: 401, CustomersDot: 200 });
  t.equal(await app.status(before), 401, 'a remembered token goes with its key');
  t.same(records(), [], 'no fetch failed');
  t.match(await app.readyz(), { status: 200, body: { providers: [{ state: 'fresh', keys: 1 }] } });
  const changed = app.events.findLast((event) => event['oidc_provider'] === 'Gitlab');
  t.match(changed, { level: 'info', message: 'Key provider has other keys', kids: ['stranger'] });
});

t.test('a slow provider: whoever asks for its keys waits together, and the others do not wait', async (t) => {
  const { app, issuers, token } = await startBench(t);
  issuers.Gitlab.rotate(ROTATED);
  const fresh = await token('Gitlab');
  issuers.Gitlab.fail('slow');
  app.clock.advance(COOLDOWN);
  const waiting = Array.from({ length: 20 }, () => app.status(fresh));
  t.equal(await app.status(await token('CustomersDot')), 200);
  t.ok(await becomes(() => issuers.Gitlab.keyRequests() === 2));
  issuers.Gitlab.release();
  t.same([...new Set(await Promise.all(waiting))], [200]);
  t.equal(issuers.Gitlab.keyRequests(), 2);
});

t.test(
  'rotation under load: no request of either key is dropped, and the old one ends with its key',
  async (t) => {
    const { app, issuers, token, unknownKey } = await startBench(t);
    const seen: number[] = [];
    const tokens = [await token('Gitlab')];
    let running = true;
    const load = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (running) for (const each of [...tokens]) seen.push(await app.status(each));
      }),
    );
    const some = (): Promise<boolean> => {
      const from = seen.length;
      return becomes(() => seen.length > from + 40);
    };
    t.ok(await some());
    issuers.Gitlab.rotate(KEYS.Gitlab, ROTATED);
    t.ok(await some(), 'the new key is published');
    app.clock.advance(COOLDOWN);
    issuers.Gitlab.rotate(ROTATED, KEYS.Gitlab);
    tokens.push(await token('Gitlab'));
    t.ok(await some(), 'and signs');
    running = false;
    await load;
    t.same(
      seen.filter((status) => status !== 200),
      [],
    );
    t.equal(issuers.Gitlab.keyRequests(), 2);

    issuers.Gitlab.rotate(ROTATED);
    app.clock.advance(COOLDOWN);
    const [old = '', fresh = ''] = tokens;
    t.equal(await app.status(old), 200, 'the withdrawn key is taken until the next fetch');
    t.equal(await unknownKey('Gitlab'), 401);
    t.equal(await app.status(old), 401, 'and refused from then on');
    t.equal(await app.status(fresh), 200);
  },
);

t.test('a reload keeps the keys of what it leaves alone, and fetches those of what it changes', async (t) => {
  const { app, issuers, statuses } = await startBench(t);
  t.same(await statuses(), BOTH_200);
  for (const name of NAMES) issuers[name].fail('down');
  await app.reload(identityBlock(issuers, { Gitlab: { audience: null, ecpds_users: false } }));
  t.same(
    await statuses(),
    { Gitlab: 403, CustomersDot: 200 },
    'what is asked of a token is new, its keys are not',
  );
  t.equal(issuers.Gitlab.keyRequests(), 1);
  await app.reload(identityBlock(issuers, { CustomersDot: { algorithms: ['ES256', 'RS256'] } }));
  t.same(await statuses(), { Gitlab: 200, CustomersDot: 503 });
  t.match(await app.readyz(), { status: 200, body: { providers: [{ state: 'fresh' }, { state: 'none' }] } });
  await app.reload({ providers: [] });
  t.same(await statuses(), { Gitlab: 401, CustomersDot: 401 }, 'without providers their tokens are none');
  t.notMatch([...(await app.series()).keys()].join(), /CustomersDot.*keys/);
});
