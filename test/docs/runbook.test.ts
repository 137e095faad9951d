import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import t from 'tap';
import { createMetrics } from '../../src/observe/metrics.js';
import {
  CHECK_OUTCOMES,
  PROTECTION_EVENTS,
  REQUEST_DENIED,
  STEP_EVENTS,
} from '../../src/observe/vocabulary.js';
import { everyLine, written } from '../../tools/runbook.js';
import { blocks, page, prose, ROOT } from './pages.js';

const RUNBOOK = page('docs/runbook.md');

t.test('the tables are what the code says', async (t) => {
  const stale = 'run `npm run --silent build && node dist/tools/runbook.js`';
  t.equal(await written(RUNBOOK.text), RUNBOOK.text, stale);
});

t.test('the tool says so, too, and writes nothing when it only checks', async (t) => {
  const { status, stderr } = spawnSync(process.execPath, [`${ROOT}dist/tools/runbook.js`, '--check'], {
    encoding: 'utf8',
  });
  t.equal(status, 0, stderr);
});

const EVENT = /\b(?:auth|startup|configuration|shutdown|process)(?:\.[a-z_]+)+/g;

/** Every event that the sources write, whoever writes it. */
function eventsInSources(): Set<string> {
  const files = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
  const texts = files.filter((path) => path.endsWith('.ts')).map((path) => page(`src/${path}`).text);
  const process = texts.flatMap((text) => [
    ...text.matchAll(/'((?:startup|configuration|shutdown|process)\.[a-z_.]+)'/g),
  ]);
  const table = [
    ...Object.values(CHECK_OUTCOMES),
    ...Object.values(STEP_EVENTS),
    ...Object.values(PROTECTION_EVENTS),
    REQUEST_DENIED,
  ];
  return new Set([...table.map(({ event }) => event), ...process.map(([, event = '']) => event)]);
}

t.test('it names every event there is, and none that there is not', async (t) => {
  const known = eventsInSources();
  const settings = /^auth\.(enabled|mode|auth_o_tron_url|jwt_secret|admin_roles|timeout_ms|required)$/;
  const named = new Set([...RUNBOOK.text.matchAll(EVENT)].map(([event]) => event));
  for (const event of named) {
    if (settings.test(event) || event === 'auth.ecpds.fetch.skipped_') continue;
    t.ok(known.has(event), `${event} is an event`);
  }
  for (const event of known) t.ok(named.has(event), `${event} is in the runbook`);
});

t.test('every series that a page names exists, with that label and value', async (t) => {
  const metrics = await createMetrics('0').registry.getMetricsAsJSON();
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  for (const { path, text } of [RUNBOOK, page('README.md'), page('docs/aviso.md'), page('docs/proxies.md')]) {
    for (const [, name = '', selector = ''] of text.matchAll(
      /\b(aviso_(?:ecpds|auth|authz)_[a-z_]*[a-z])\b(?:\{([^}]*)\})?/g,
    )) {
      const metric = byName.get(name);
      t.ok(metric, `${path}: ${name}`);
      for (const [, label = '', value = ''] of selector.matchAll(/([a-z]+)="([^"]*)"/g)) {
        const values: { labels: object }[] = metric?.values ?? [];
        const exists = values.some(
          ({ labels }) =>
            new Map(Object.entries(labels).map(([k, v]) => [k, String(v)])).get(label) === value,
        );
        t.ok(exists, `${path}: ${name}{${label}="${value}"}`);
      }
    }
  }
  for (const name of byName.keys()) {
    if (name.startsWith('aviso_')) t.match(RUNBOOK.text, name, `${name} is in the runbook`);
  }
});

interface Grep {
  readonly pattern: string;
  readonly format: 'json' | 'logfmt';
}

/** The greps that it tells people to run over the log. */
function greps(): Grep[] {
  const lines = blocks(RUNBOOK).flatMap(({ text }) => text.split('\n'));
  return lines.flatMap((line) => {
    const pattern = /^ *grep '([^']+)' authz\.log/.exec(line)?.[1];
    if (pattern === undefined) return [];
    return [{ pattern, format: pattern.startsWith('"') ? 'json' : 'logfmt' } as const];
  });
}

const STARTED = {
  json: ['{"event_name":"startup.listening"}', '{"event_name":"configuration.reload.failed"}'],
  logfmt: ['event_name=startup.listening', 'event_name=configuration.reload.failed'],
};

t.test('every grep finds something in a log of that format, and each is there for both', async (t) => {
  const formats = { json: 0, logfmt: 0 };
  for (const { pattern, format } of greps()) {
    const input = [...everyLine(format), ...STARTED[format]].join('\n');
    const { status, stdout } = spawnSync('grep', [pattern], { input, encoding: 'utf8' });
    t.equal(status, 0, `${format}: ${pattern}`);
    const found = stdout.trimEnd().split('\n').length;
    t.ok(found < 15 || pattern.includes('r-1'), `${pattern} finds ${found} lines, not everything`);
    formats[format] += 1;
  }
  t.ok(formats.json > 10);
  t.equal(formats.json, formats.logfmt);
});

t.test('the recipe that counts users finds them, quoted or not', async (t) => {
  const pattern = ` username=("([^"\\\\]|\\\\.)*"|[^ ]+)`;
  t.ok(RUNBOOK.text.includes(`grep -oE '${pattern}'`), 'it is the one in the page');
  const input = 'event_name=x username=alice a=b\nevent_name=x username="a \\"b\\" c" a=b\n';
  const { stdout } = spawnSync('grep', ['-oE', pattern], { input, encoding: 'utf8' });
  t.strictSame(stdout.trimEnd().split('\n'), [' username=alice', ' username="a \\"b\\" c"']);
});

t.test("the README's tables have the statuses, events and outcomes of the code", async (t) => {
  const { text } = page('README.md');
  for (const [outcome, { status, event }] of Object.entries(CHECK_OUTCOMES)) {
    t.match(text, new RegExp(`^\\| ${status} \\| \`${event}\`.* \\| \`${outcome}\` \\|`, 'm'), outcome);
  }
  const refusals = [...RUNBOOK.text.matchAll(/^\| (\d+) \| `[A-Z_]+` \| `([a-z_]+)` \|/gm)];
  t.ok(refusals.length > 10);
  for (const [, status, reason] of refusals) {
    t.match(text, new RegExp(`^\\| ${status} \\| .*\`${reason}\``, 'm'), `${status} ${reason}`);
  }
});

t.test('every symptom says what to look at first', async (t) => {
  const symptoms = prose(RUNBOOK)
    .split(/^## /m)
    .find((part) => part.startsWith('Symptoms'));
  const parts = symptoms?.split(/^### /m).slice(1) ?? [];
  t.ok(parts.length >= 10);
  const withSeries = parts.filter((part) => /First metric/.test(part));
  for (const part of withSeries) t.match(part, /First log line/, part.slice(0, 40));
  t.ok(withSeries.length >= 8);
});
