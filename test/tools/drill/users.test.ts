import t from 'tap';
import { DRILL_NAMES, TTL_MS } from '../../../tools/drill/drill.js';
import { summaryOf } from '../../../tools/drill/report/summary.js';
import { page } from '../../docs/pages.js';
import { drillBook } from '../../helpers/drills.js';

const { figuresOf, runs, results } = drillBook();

t.test('refresh-ahead: nobody waits at expiry, for less than 1.3 times the calls', async (t) => {
  t.ok((await figuresOf('steady', 'default')).waitedForList > 100, 'without, many do');
  for (const protections of ['refresh_ahead', 'recommended'] as const) {
    const { waitedForList, upstream, unavailable } = await figuresOf('steady', protections);
    t.equal(waitedForList, 0);
    t.equal(unavailable, 0);
    t.ok(upstream.perTtl > 1 && upstream.perTtl < 1.3, `${upstream.perTtl} calls by user, server and TTL`);
  }
});

t.test('a slow server: with refresh-ahead nobody notices', async (t) => {
  t.ok(((await figuresOf('slow', 'default')).allowedWait?.worst ?? 0) > 5000);
  t.equal((await figuresOf('slow', 'refresh_ahead')).waitedForList, 0);
});

t.test(
  'a storm of 5,000 users: a verdict for each, one call per user and server, never over the cap',
  async (t) => {
    t.ok((await figuresOf('storm', 'no caps')).upstream.peak > 64, 'it would be more without the cap');
    for (const protections of ['default', 'recommended'] as const) {
      const { allowed, denied, unavailable, errors, upstream } = await figuresOf('storm', protections);
      t.equal(allowed + denied, 5000);
      t.same([unavailable, errors], [0, 0]);
      t.same([upstream.calls, upstream.mostPerUserAndServer], [10_000, 1]);
      t.equal(upstream.peak, 64);
    }
  },
);

t.test('lists that were fetched together expire apart with jitter', async (t) => {
  const [without, jittered] = [await figuresOf('echo', 'default'), await figuresOf('echo', 'ttl_jitter')];
  t.ok(jittered.upstream.peak < without.upstream.peak);
});

t.test(
  'a mass revocation: the right is gone at the TTL, sooner and with an event by refresh-ahead',
  async (t) => {
    const without = (await figuresOf('revocation', 'default')).revocation;
    const ahead = (await figuresOf('revocation', 'refresh_ahead')).revocation;
    t.ok((without?.usedFor ?? Infinity) <= TTL_MS);
    t.equal(without?.events, 0);
    t.ok((ahead?.usedFor ?? Infinity) < (without?.usedFor ?? 0));
    t.equal(ahead?.events, 200, 'one for each right that was in use');
  },
);

t.test('in none of them is anybody allowed without a complete verdict younger than the TTL', async (t) => {
  for (const { drill, protections, wrongAllows, allowed, errors } of runs()) {
    t.equal(wrongAllows, 0, `${drill}, ${protections}`);
    t.ok(allowed > 1000);
    t.equal(errors, 0);
  }
});

t.test('docs/outages.md has the numbers of these runs, and a story for each drill', async (t) => {
  const { text } = page('docs/outages.md');
  const rows = summaryOf(results()).split('\n');
  t.equal(rows.length, 10);
  for (const row of rows) t.ok(text.includes(`${row}\n`), row);
  for (const name of DRILL_NAMES) t.match(text, new RegExp(`^\\| \`${name}\` \\| `, 'm'), name);
});
