import t from 'tap';
import { PROBE_PERIOD_MS } from '../../../tools/drill/drill.js';
import { summaryOf } from '../../../tools/drill/report/summary.js';
import { page } from '../../docs/pages.js';
import { drillBook } from '../../helpers/drills.js';

/** What a call takes at most while ECPDS is well, in milliseconds. */
const HEALTHY_CALL_MS = 160;

const { figuresOf, runs, results } = drillBook();

t.test(
  'a hanging server: with a circuit breaker 503 comes in milliseconds, not at the timeout',
  async (t) => {
    const without = await figuresOf('hanging', 'default');
    t.ok((without.unavailableWait?.p99 ?? 0) >= 30_000, 'without: the timeout');
    for (const protections of ['circuit_breaker', 'recommended'] as const) {
      const { openWait, timeline } = await figuresOf('hanging', protections);
      t.ok((openWait?.worst ?? Infinity) <= HEALTHY_CALL_MS, 'as long as the healthy server takes');
      const settled = timeline.unavailableWait.slice(Math.ceil(430_000 / timeline.stepMs));
      t.ok(Math.max(...settled) <= HEALTHY_CALL_MS, 'everybody, a timeout after it opened');
      t.ok(Math.max(...settled) > 0, 'and there were some');
    }
  },
);

t.test('recovery is noticed within one probe period, and no request is the guinea pig', async (t) => {
  for (const drill of ['hanging', 'down'] as const) {
    t.equal((await figuresOf(drill, 'default')).recovery?.byARequest, true, `${drill}: without, one is`);
    for (const protections of ['circuit_breaker', 'recommended'] as const) {
      const { recovery, events } = await figuresOf(drill, protections);
      t.equal(events['auth.ecpds.circuit.opened'], 1);
      const probes = 1 + (events['auth.ecpds.circuit.probe_failed'] ?? 0);
      t.equal(
        recovery?.callsWhileOpen,
        probes,
        'a server with an open circuit is probed, and called by nobody',
      );
      t.equal(recovery?.byARequest, false, `${drill}, ${protections}: the first call is the probe's`);
      t.ok((recovery?.noticedAfter ?? Infinity) <= PROBE_PERIOD_MS + HEALTHY_CALL_MS);
      t.ok((recovery?.servedAfter ?? Infinity) <= PROBE_PERIOD_MS + 1000, 'and the next request is served');
    }
  }
});

t.test('what a breaker is not for: a server that flaps, a wrong password', async (t) => {
  const [without, quick] = [
    await figuresOf('flapping', 'default'),
    await figuresOf('flapping', 'circuit_breaker, 5 s'),
  ];
  const usual = await figuresOf('flapping', 'circuit_breaker');
  t.ok(usual.unavailable > quick.unavailable && quick.unavailable > without.unavailable);
  const wrong = await figuresOf('credentials', 'circuit_breaker');
  t.equal(wrong.unavailable, (await figuresOf('credentials', 'default')).unavailable);
  t.equal(wrong.events['auth.ecpds.circuit.opened'], undefined, '401 is no outage');
});

t.test('any_success says no to users whom only the failed server knows', async (t) => {
  const { unavailable, deniedThoughListed, allowed, denied } = await figuresOf('down-any', 'default');
  t.equal(unavailable, 0);
  t.ok(deniedThoughListed > 1000);
  const [part, whole] = [deniedThoughListed, allowed + denied].map((count) => count.toLocaleString('en'));
  t.match(page('docs/outages.md').text, `${part} of ${whole} requests`);
});

t.test('in none of them is anybody allowed without a complete verdict younger than the TTL', async (t) => {
  await figuresOf('down', 'refresh_ahead');
  await figuresOf('flapping', 'all three');
  for (const { drill, protections, wrongAllows, allowed, errors } of runs()) {
    t.equal(wrongAllows, 0, `${drill}, ${protections}`);
    t.ok(allowed > 1000);
    t.equal(errors, 0);
  }
});

t.test('docs/outages.md has the numbers of these runs', async (t) => {
  const rows = summaryOf(results()).split('\n');
  t.equal(rows.length, 9);
  for (const row of rows) t.ok(page('docs/outages.md').text.includes(`${row}\n`), row);
});
