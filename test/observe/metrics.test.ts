import t from 'tap';
import { WINDOW_MS } from '../../src/observe/distinct-users.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { manualClock } from '../helpers/clock.js';

const LABELS: Record<string, readonly string[]> = {
  aviso_ecpds_access_decisions_total: [
    ...['allow', 'admin_bypass', 'deny_destination', 'deny_match_key_missing', 'unavailable', 'error'].map(
      (outcome) => `{outcome="${outcome}"}`,
    ),
  ],
  aviso_ecpds_fetch_total: [
    ...['success', 'http_401', 'http_403', 'http_4xx', 'http_5xx', 'invalid_response', 'unreachable'].map(
      (outcome) => `{outcome="${outcome}"}`,
    ),
  ],
  aviso_ecpds_cache_hits_total: [''],
  aviso_ecpds_cache_misses_total: [''],
  aviso_ecpds_cache_size: [''],
  aviso_ecpds_distinct_users: [
    ...['allow', 'admin_bypass', 'deny_destination', 'deny_match_key_missing', 'unavailable', 'error'].map(
      (outcome) => `{outcome="${outcome}"}`,
    ),
  ],
  aviso_ecpds_gated_event_types: [''],
  aviso_ecpds_fetch_rejected_total: [''],
  aviso_ecpds_revoked_grants_total: [''],
  aviso_authz_background_errors_total: [
    'refresh',
    'probe',
    'recheck',
    'explain',
    'history',
    'admin',
    'record',
    'stop',
  ].map((task) => `{task="${task}"}`),
  aviso_auth_requests_total: ['direct', 'trusted_proxy', 'jwks'].flatMap((mode) =>
    ['success', 'unauthorized', 'forbidden', 'service_unavailable'].map(
      (o) => `{mode="${mode}",outcome="${o}"}`,
    ),
  ),
  aviso_authz_requests_total: ['http', 'envoy_http', 'envoy_grpc'].flatMap((transport) =>
    [200, 400, 401, 403, 404, 408, 413, 415, 431, 500, 503].map(
      (s) => `{transport="${transport}",status="${s}"}`,
    ),
  ),
  aviso_authz_request_duration_seconds_count: ['http', 'envoy_http', 'envoy_grpc'].map(
    (x) => `{transport="${x}"}`,
  ),
};

/** The series about single servers, whose labels are the configured ones (observe/server-series.test.ts). */
const OF_SERVERS = [
  'aviso_ecpds_server_up',
  'aviso_ecpds_circuit_open',
  'aviso_ecpds_fetches_in_flight',
  'aviso_ecpds_fetches_queued',
  'aviso_ecpds_fetch_duration_seconds',
  'aviso_ecpds_skipped_records_total',
];

/** The samples of a series: its labels to its value. */
async function samples(
  metrics: ReturnType<typeof createMetrics>,
  name: string,
): Promise<Map<string, number>> {
  const lines = (await metrics.registry.metrics()).split('\n');
  const found = lines.flatMap((line) => {
    const [, series, labels = '', value] = /^(\w+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    return series === name ? [[labels, Number(value)] as const] : [];
  });
  return new Map(found);
}

for (const [name, labels] of Object.entries(LABELS)) {
  t.test(`${name} exists at zero from the start, with every label value and no other`, async (t) => {
    const found = await samples(createMetrics('1.2.3'), name);
    t.same([...found.keys()].sort(), [...labels].sort());
    t.ok([...found.values()].every((value) => value === 0));
  });
}

t.test('no other aviso_ecpds_ series exist, so that the runbook knows them all', async (t) => {
  const text = await createMetrics('1').registry.metrics();
  const names = [...text.matchAll(/^# TYPE (aviso_ecpds_\w+)/gm)].map(([, name]) => name);
  const known = Object.keys(LABELS).filter((name) => name.startsWith('aviso_ecpds_'));
  t.same(names.sort(), [...known, ...OF_SERVERS].sort());
});

t.test('the size of the cache is asked for at each scrape', async (t) => {
  let size = 0;
  const metrics = createMetrics('1', { cacheSize: () => size });
  size = 7;
  t.equal((await samples(metrics, 'aviso_ecpds_cache_size')).get(''), 7);
  size = 3;
  t.equal((await samples(metrics, 'aviso_ecpds_cache_size')).get(''), 3);
});

t.test('distinct users are asked for at each scrape, by the clock that was passed in', async (t) => {
  const clock = manualClock();
  const metrics = createMetrics('1', { now: clock.now });
  const users = async () => Object.fromEntries(await samples(metrics, 'aviso_ecpds_distinct_users'));
  metrics.distinctUsers.add('allow', 'alice');
  clock.advance(WINDOW_MS);
  metrics.distinctUsers.add('allow', 'bob');
  t.match(await users(), { '{outcome="allow"}': 2, '{outcome="error"}': 0 });
  clock.advance(1);
  t.match(await users(), { '{outcome="allow"}': 1 });
  clock.advance(WINDOW_MS);
  t.match(
    await users(),
    { '{outcome="allow"}': 0 },
    'and an outcome that nobody has any more is 0, not gone',
  );
});

t.test('the version is in build_info, and the process has its own series', async (t) => {
  const metrics = createMetrics('1.2.3');
  t.equal((await samples(metrics, 'aviso_authz_build_info')).get('{version="1.2.3"}'), 1);
  t.equal((await samples(metrics, 'process_resident_memory_bytes')).size, 1);
});

t.test('two applications in one process count apart', async (t) => {
  const [one, other] = [createMetrics('1'), createMetrics('1')];
  one.cacheHits.inc();
  t.equal((await samples(other, 'aviso_ecpds_cache_hits_total')).get(''), 0);
});
