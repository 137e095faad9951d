import t from 'tap';
import { createMetrics } from '../../src/observe/metrics.js';
import { compact, grownSince, NOTHING_COUNTED, readCounts } from '../../src/observe/totals.js';

t.test('each counter is read under its own name', async (t) => {
  const metrics = createMetrics('0', {
    serverStates: () => [
      {
        index: 0,
        server: new URL('http://x'),
        failure: null,
        circuitOpen: false,
        inFlight: 0,
        queued: 0,
      },
    ],
  });
  t.same(await readCounts(metrics), NOTHING_COUNTED, 'nothing at the start');
  metrics.decisions.inc({ outcome: 'deny_destination' });
  metrics.fetches.inc({ outcome: 'http_401' });
  metrics.cacheHits.inc(2);
  metrics.cacheMisses.inc(3);
  metrics.authRequests.inc({ mode: 'direct', outcome: 'service_unavailable' });
  metrics.requests.inc({ transport: 'native', status: 403 });
  metrics.requests.inc({ transport: 'envoy_grpc', status: 403 });
  metrics.rejectedFetches.inc(4);
  metrics.servers.skippedRecords.inc({ server_index: 0 }, 5);
  metrics.servers.skippedRecords.inc({ server_index: 1 }, 1);
  metrics.revokedGrants.inc(7);
  metrics.reloads.inc({ outcome: 'failure' }, 8);
  metrics.reloads.inc({ outcome: 'success' }, 90);
  metrics.droppedLogLines.inc(9);
  metrics.backgroundErrors.inc({ task: 'probe' });
  metrics.backgroundErrors.inc({ task: 'history' });
  metrics.requestDuration.observe({ transport: 'native' }, 4.9);
  metrics.requestDuration.observe({ transport: 'native' }, 5.1);
  metrics.requestDuration.observe({ transport: 'envoy_grpc' }, 70);
  const expected = {
    decisions: { ...NOTHING_COUNTED.decisions, deny_destination: 1 },
    fetches: { ...NOTHING_COUNTED.fetches, http_401: 1 },
    cacheHits: 2,
    cacheMisses: 3,
    authRequests: { 'direct service_unavailable': 1 },
    statuses: { '403': 2 },
    rejectedFetches: 4,
    skippedRecords: 6,
    revokedGrants: 7,
    reloadFailures: 8,
    droppedLogLines: 9,
    backgroundErrors: 2,
    slowDecisions: 2,
  };
  t.same(await readCounts(metrics), expected);
  t.same(grownSince(compact(NOTHING_COUNTED), compact(await readCounts(metrics))), expected);
  t.same(grownSince(compact(await readCounts(metrics)), compact(await readCounts(metrics))), NOTHING_COUNTED);
});

t.test('a reading takes nothing from a scrape, and collects nothing for one', async (t) => {
  let asked = 0;
  const metrics = createMetrics('0', {
    cacheSize: () => {
      asked += 1;
      return 0;
    },
  });
  metrics.decisions.inc({ outcome: 'allow' });
  await readCounts(metrics);
  t.equal(asked, 0);
  t.match(await metrics.registry.metrics(), /decisions_total\{outcome="allow"\} 1\n/);
  t.equal(asked, 1);
});
