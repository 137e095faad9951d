import { spawnSync } from 'node:child_process';
import t from 'tap';
import { KEY_FETCH_OUTCOMES } from '../../src/domain/key-state.js';
import { createKeyRecorder } from '../../src/observe/key-recorder.js';
import { KEY_EVENTS } from '../../src/observe/key-vocabulary.js';
import { createEventLog } from '../../src/observe/logger.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { ALERTS } from '../../src/triage/symptoms.js';
import { PROVIDER } from '../../tools/runbook.js';
import { page } from './pages.js';

const { text } = page('docs/key-outages.md');

t.test('every event about keys is in the page, with its level and message, and no other', async (t) => {
  for (const { event, level, message } of Object.values(KEY_EVENTS))
    t.ok(text.includes(`| \`${event}\` | ${level} | \`${message}\``), event);
  const named = new Set([...text.matchAll(/\bauth\.jwks\.[a-z_.]+[a-z]/g)].map(([event]) => event));
  t.same(
    [...named].sort(),
    Object.values(KEY_EVENTS)
      .map(({ event }) => event)
      .sort(),
  );
});

t.test('every series and every outcome is in the page, and no other', async (t) => {
  const metrics = await createMetrics('0').registry.getMetricsAsJSON();
  const known = metrics.map(({ name }) => name).filter((name) => name.startsWith('aviso_jwks_'));
  const named = new Set([...text.matchAll(/\baviso_jwks_[a-z_]*[a-z]\b/g)].map(([name]) => name));
  t.same([...named].sort(), known.sort());
  const rows = [...text.matchAll(/^\| `([a-z0-9_]+)` \| [^`]+ \|/gm)].map(([, outcome]) => outcome);
  t.same(rows.sort(), KEY_FETCH_OUTCOMES.filter((outcome) => outcome !== 'success').sort());
});

t.test('every alert is in the page with its severity, and no other', async (t) => {
  const shipped = ALERTS.filter(({ symptom }) => symptom.id === 'keys').map(({ name, severity }) => [
    name,
    severity,
  ]);
  const rows = [...text.matchAll(/^\| `(Aviso[A-Za-z]+)` \| .* \| (\w+) \|$/gm)].map((row) =>
    row.slice(1, 3),
  );
  t.same(rows.sort(), shipped.sort());
  for (const [alert, severity] of shipped) t.match(severity, /^(ticket|incident)$/, `${alert} does not page`);
});

t.test('the greps find who failed, in a log of either format', async (t) => {
  const greps = [...text.matchAll(/^grep '([^']+)' authz\.log \| grep -o '([^']+)'/gm)].map((row) =>
    row.slice(1),
  );
  t.equal(greps.length, 2);
  const found = (['json', 'logfmt'] as const).map((format, index) => {
    const [lines = '', provider = ''] = greps[index] ?? [];
    const grep = (input: string, ...args: readonly string[]): string =>
      spawnSync('grep', args, { input, encoding: 'utf8' }).stdout;
    return grep(grep(recordIn(format), lines), '-o', provider).trim();
  });
  t.same(found, ['"oidc_provider":"Gitlab"', 'oidc_provider=Gitlab']);
});

function recordIn(format: 'json' | 'logfmt'): string {
  const lines: string[] = [];
  const log = createEventLog({ name: 'x', version: '0' }, 'info', format, {
    write: (line) => void lines.push(line),
  });
  const state = { ...PROVIDER, stale: true, lastOutcome: 'http_5xx', lastError: 'HTTP 503' } as const;
  const { keys } = createMetrics('0');
  createKeyRecorder(log, keys).keysAttempted({
    state,
    durationMs: 1,
    status: 503,
    changedTo: null,
    skipped: [],
  });
  log.write('info', 'startup.listening', {}, 'Ready');
  return lines.join('');
}
