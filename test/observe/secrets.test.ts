import t, { type Test } from 'tap';
import { DestinationCache } from '../../src/checker/cache.js';
import { createChecker } from '../../src/checker/checker.js';
import { createFetcher } from '../../src/checker/fetcher.js';
import { createDecider } from '../../src/decider.js';
import { createHttpClient } from '../../src/http/client.js';
import { sharedSecretVerifier, trustedProxyResolver } from '../../src/identity/shared-secret.js';
import { createEventLog, type LogFormat } from '../../src/observe/logger.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { createRecorder } from '../../src/observe/recorder.js';
import { gateTable } from '../../src/policy/gates.js';
import { authzRequest, bodyFor } from '../helpers/authz.js';
import { active, type Fault, SERVICE, startEcpds } from '../helpers/ecpds.js';
import { listedLines } from '../helpers/events.js';
import { ecpdsServers } from '../helpers/servers.js';
import { bearer, JWT_SECRET, sign } from '../helpers/tokens.js';

/** What ECPDS answers for users of these names; what it says may hold anything. */
const LEAK = 'said-by-ecpds';
const FAULTS: Record<string, Fault> = {
  'user-401': { kind: 'status', status: 401 },
  'user-500': { kind: 'status', status: 500 },
  'user-html': { kind: 'body', body: `<html>${LEAK}` },
  'user-no': { kind: 'body', body: JSON.stringify({ success: LEAK, destinationList: [] }) },
  'user-reset': { kind: 'reset' },
  'user-moved': { kind: 'redirect', location: `http://${LEAK}.invalid/` },
};
const UNASKED = 'A-DESTINATION-NOBODY-ASKED-FOR';

/** Sends every kind of request through the real parts, and returns what was logged and counted. */
async function traffic(t: Test, format: LogFormat) {
  const ecpds = await startEcpds({ alice: [...active('CIP', UNASKED), { name: UNASKED }, { active: true }] });
  for (const [user, fault] of Object.entries(FAULTS)) ecpds.userFaults.set(user, fault);
  const client = createHttpClient({ connectTimeoutMs: 60_000, ca: null });
  t.teardown(async () => {
    await client.close();
    await ecpds.close();
  });
  const { destination, lines } = listedLines();
  const metrics = createMetrics('1');
  const recorder = createRecorder(
    createEventLog({ name: 's', version: '1' }, 'debug', format, destination),
    metrics,
  );
  const servers = ecpdsServers({ urls: [ecpds.url], fetch: client.fetch, observer: recorder });
  const checker = createChecker({
    cache: new DestinationCache({ ttlMs: 60_000, maxEntries: 10, ttlJitter: 0 }, performance),
    fetcher: createFetcher(servers, 'strict', recorder),
    clock: performance,
    observer: recorder,
    refreshAfterMs: null,
  });
  const gate = {
    required: true,
    readRoles: null,
    destination: { type: 'StringHandler', max_length: null },
  } as const;
  const parts = {
    gates: gateTable(new Map([['dissemination', gate]]), true),
    resolver: trustedProxyResolver(sharedSecretVerifier(JWT_SECRET, Date.now)),
    adminRoles: new Map([['ecmwf', ['admin']]]),
    destinations: { matchKey: 'destination', checker },
    defaultTimeoutMs: 60_000,
    now: () => performance.now(),
  };
  const { decide } = createDecider(() => parts, recorder);
  const tokens = ['alice', ...Object.keys(FAULTS)].map((username) => bearer({ username }));
  const headers = [
    ...tokens,
    bearer({ username: 'root', roles: ['admin'] }),
    `Bearer ${sign({ username: 'eve' }, 'x')}`,
  ];
  for (const header of [...headers, `${tokens[0]},${tokens[1]}`, 'Basic c2VjcmV0OnNlY3JldA==']) {
    for (const value of ['CIP', 'FOO', undefined, '*']) {
      await decide(
        authzRequest({
          authorization: [header],
          body: bodyFor('dissemination', value),
          target: '/api/v1/watch?token=in-the-query',
        }),
      );
    }
  }
  return { lines, headers, exposition: await metrics.registry.metrics() };
}

for (const format of ['json', 'logfmt'] as const) {
  t.test(`${format}: whatever happens, no secret and no list is logged or becomes a label`, async (t) => {
    const { lines, headers, exposition } = await traffic(t, format);
    const credentials = Buffer.from(`${SERVICE.username}:${SERVICE.password}`).toString('base64');
    const signatures = headers.map((header) => header.slice(header.lastIndexOf('.') + 1));
    const secrets = [
      SERVICE.password,
      credentials,
      JWT_SECRET,
      ...signatures,
      'c2VjcmV0',
      'in-the-query',
      UNASKED,
      LEAK,
    ];
    t.ok(lines.length > 50);
    for (const secret of secrets)
      t.equal(
        lines.some((line) => line.includes(secret)),
        false,
        secret,
      );
    for (const name of ['alice', 'root', 'user-', 'CIP', 'FOO', ...secrets])
      t.equal(exposition.includes(name), false, name);
  });
}

t.test('every event has what the runbook says every event has', async (t) => {
  const { lines } = await traffic(t, 'json');
  const names = new Set<string>();
  for (const line of lines) {
    const event = JSON.parse(line);
    names.add(event.event_name);
    const common = {
      service_name: 's',
      service_version: '1',
      hostname: /./,
      event_name: /^auth\./,
      request_id: 'request-1',
    };
    t.match(event, { ...common, username: /./ });
    if (/^auth\.ecpds\./.test(event.event_name))
      t.match(event, { event_type: 'dissemination', username: /^[a-z]/ });
    if (/^auth\.ecpds\.check\.(allowed|denied|unavailable)$/.test(event.event_name))
      t.match(event.cache_outcome, /./);
    if (/^auth\.ecpds\.fetch\./.test(event.event_name)) t.match(event, { server_index: 0, server: /^http:/ });
  }
  t.same([...names].sort(), [
    'auth.ecpds.admin.bypass',
    'auth.ecpds.cache.hit',
    'auth.ecpds.cache.miss',
    'auth.ecpds.check.allowed',
    'auth.ecpds.check.denied',
    'auth.ecpds.check.started',
    'auth.ecpds.check.unavailable',
    'auth.ecpds.fetch.failed',
    'auth.ecpds.fetch.skipped_inactive',
    'auth.ecpds.fetch.skipped_record',
    'auth.ecpds.fetch.succeeded',
    'auth.middleware.request.denied',
  ]);
});
