import t from 'tap';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { PROTECTION_EVENTS } from '../../src/observe/vocabulary.js';
import { readRecheckBatch } from '../../src/request/recheck-batch.js';
import { PROTECTIONS } from '../../tools/drill/protections.js';
import { blocks, page } from './pages.js';

const OUTAGES = page('docs/outages.md');
const { text } = OUTAGES;

/** The failure modes, the strategies and the mistakes that an outage of an authorization service knows. */
const SECTIONS = {
  'What can happen': [
    'ECPDS is down, or the way to it',
    'One of several ECPDS servers is down',
    'ECPDS answers, but something is broken',
    'More 401, 403 or 404 than usual',
    'Spikes in usage',
  ],
  'What helps': [
    'Lists in memory, fetched again before they expire',
    'One authorizer for several gateways',
    'First pass now, second look later',
    'Giving up early',
  ],
  'What not to do': [
    'Opening the gate',
    'A second authorizer beside this one',
    'A longer `cache_ttl_seconds` during the outage',
    'Restarting',
    'Retries in the proxy',
  ],
};

t.test('each failure mode, strategy and mistake has its section, and none is empty', async (t) => {
  for (const [part, wanted] of Object.entries(SECTIONS)) {
    const [, after = ''] = text.split(`\n## ${part}\n`);
    const [of = ''] = after.split('\n## ', 1);
    const sections = of.split(/^### /m).slice(1);
    t.same(
      sections.map((section) => section.split('\n', 1)[0]),
      wanted,
    );
    for (const section of sections) t.ok(section.length > 200, section);
  }
});

t.test('each failure mode says what happens by itself, or that nothing does', async (t) => {
  const [, of = ''] = /\n## What can happen\n([\s\S]*?)\n## /.exec(text) ?? [];
  for (const section of of.split(/^### /m).slice(1)) {
    t.match(section, /By itself|Nothing can mend this by itself/);
    t.match(section, /\*\*Do:\*\*|do not treat it as an outage/);
  }
});

t.test('what is recommended loads, and is what the drill runs', async (t) => {
  const yaml = blocks(OUTAGES).find(({ language }) => language === 'yaml')?.text ?? '';
  t.same(parse(yaml), { sidecar: { protections: PROTECTIONS.recommended } });
  const loaded = await loadConfig({ files: ['x.yaml'], env: {}, readFile: () => yaml });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  t.match(loaded.value.config.sidecar.protections, {
    refresh_ahead: { after_ratio: 0.8 },
    circuit_breaker: { failures: 5, open_seconds: 30 },
    max_concurrent_fetches: 64,
    max_queued_fetches: 10_000,
    ttl_jitter: 0,
  });
});

t.test('the batch that is shown can be asked for, and every verdict is explained', async (t) => {
  const [, body = ''] = /-d '(\[[\s\S]*?\])'/.exec(text) ?? [];
  const batch = readRecheckBatch(Buffer.from(body));
  t.match(batch, { ok: true, value: [{ username: 'alice' }, { username: 'bob' }] });
  for (const verdict of ['allow', 'deny', 'unavailable']) t.match(text, `\n| \`${verdict}\` | `);
});

t.test('events that are named exist', async (t) => {
  const known = Object.values(PROTECTION_EVENTS).map(({ event }): string => event);
  const named = [...text.matchAll(/\bauth\.ecpds\.(?:(?:circuit|recheck)\.[a-z_]+|fetch\.rejected)/g)];
  t.ok(named.length > 2);
  for (const [event] of named) t.ok(known.includes(event), event);
});
