import t from 'tap';
import type { KeyState } from '../../src/domain/key-state.js';
import { createKeyRecorder } from '../../src/observe/key-recorder.js';
import { KEY_EVENTS } from '../../src/observe/key-vocabulary.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { listedEvents } from '../helpers/events.js';

const STATE: KeyState = {
  provider: 'Gitlab',
  required: true,
  hadKeys: true,
  keys: 2,
  ageSeconds: 5.4,
  stale: false,
  lastOutcome: 'success',
  lastError: null,
};
const ATTEMPT = { durationMs: 12.3, status: 200, changedTo: null, skipped: [] };

function bench(states: readonly KeyState[] = [STATE]) {
  const { log, events } = listedEvents();
  const metrics = createMetrics('0', { keyStates: () => states });
  return { metrics, events, recorder: createKeyRecorder(log, metrics.keys) };
}

t.test('the messages that alerts match are there to the letter', async (t) => {
  t.equal(KEY_EVENTS.oldKept.message, 'Old JWKS re-cached: some key providers failed');
  t.equal(
    KEY_EVENTS.incomplete.message,
    'Incomplete JWKS cached: some key providers failed, no old cache to fall back to',
  );
});

t.test('an attempt is one record, of the kind that it is', async (t) => {
  const failed = { stale: true, lastOutcome: 'http_5xx', lastError: 'HTTP 503' } as const;
  const CASES: readonly (readonly [Partial<KeyState>, readonly string[] | null, string, string])[] = [
    [{}, null, 'debug', 'auth.jwks.refresh.succeeded'],
    [{}, ['a'], 'info', 'auth.jwks.keys.changed'],
    [failed, null, 'warn', 'auth.jwks.refresh.old_kept'],
    [{ ...failed, keys: 0 }, null, 'error', 'auth.jwks.refresh.incomplete'],
    [{ ...failed, keys: 0, hadKeys: false }, null, 'error', 'auth.jwks.refresh.incomplete'],
  ];
  for (const [parts, changedTo, level, event] of CASES) {
    const { recorder, events } = bench();
    recorder.keysAttempted({ ...ATTEMPT, changedTo, state: { ...STATE, ...parts } });
    t.match(events, [{ level, event, fields: { logger: 'cloud_connector', oidc_provider: 'Gitlab' } }]);
    t.equal(events.length, 1);
  }
});

t.test('a record says what failed, and which keys there are now', async (t) => {
  const { recorder, events } = bench();
  const state = { ...STATE, stale: true, lastOutcome: 'http_5xx', lastError: 'HTTP 503' } as const;
  recorder.keysAttempted({ ...ATTEMPT, status: 503, state });
  recorder.keysAttempted({ ...ATTEMPT, changedTo: ['a', 'b'], skipped: ['not for signing'], state: STATE });
  const common = {
    logger: 'cloud_connector',
    oidc_provider: 'Gitlab',
    duration_ms: 12,
    keys: 2,
    age_seconds: 5,
  };
  t.same(
    events.map(({ fields }) => fields),
    [
      { ...common, outcome: 'http_5xx', error: 'HTTP 503', status_code: 503 },
      {
        ...common,
        outcome: 'success',
        status_code: 200,
        kids: ['a', 'b'],
        skipped_keys: ['not for signing'],
      },
    ],
  );
});

t.test('a failing probe names the providers that are waited for', async (t) => {
  const { recorder, events } = bench();
  recorder.notReady(['Gitlab', 'CustomersDot']);
  t.match(events, [
    {
      level: 'warn',
      event: 'auth.jwks.not_ready',
      fields: {
        logger: 'cloud_connector',
        cloud_connector_ready: false,
        oidc_providers: ['Gitlab', 'CustomersDot'],
      },
    },
  ]);
});

t.test('the series exist from the start for every provider, and for no other', async (t) => {
  const states = [STATE, { ...STATE, provider: 'CustomersDot', keys: 0, stale: true, hadKeys: false }];
  const { metrics, recorder } = bench(states);
  recorder.keysAttempted({ ...ATTEMPT, state: STATE });
  const lines = (await metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('aviso_jwks_'));
  t.same(
    lines.filter((line) => !line.startsWith('aviso_jwks_fetch_total')),
    [
      'aviso_jwks_keys{oidc_provider="Gitlab"} 2',
      'aviso_jwks_keys{oidc_provider="CustomersDot"} 0',
      'aviso_jwks_age_seconds{oidc_provider="Gitlab"} 5.4',
      'aviso_jwks_age_seconds{oidc_provider="CustomersDot"} 5.4',
      'aviso_jwks_stale{oidc_provider="Gitlab"} 0',
      'aviso_jwks_stale{oidc_provider="CustomersDot"} 1',
      'aviso_jwks_waiting{oidc_provider="Gitlab"} 0',
      'aviso_jwks_waiting{oidc_provider="CustomersDot"} 1',
    ],
  );
  const fetches = lines.filter((line) => line.startsWith('aviso_jwks_fetch_total'));
  t.equal(fetches.length, 12, 'six outcomes each');
  t.same(
    fetches.filter((line) => !line.endsWith(' 0')),
    ['aviso_jwks_fetch_total{oidc_provider="Gitlab",outcome="success"} 1'],
  );
});

t.test('a provider that a reload took away has no gauges any more', async (t) => {
  const states = [STATE];
  const { metrics } = bench(states);
  t.match(await metrics.registry.metrics(), 'aviso_jwks_keys{oidc_provider="Gitlab"}');
  states.pop();
  t.notMatch(await metrics.registry.metrics(), /^aviso_jwks_(keys|age_seconds|stale)\{/m);
});
