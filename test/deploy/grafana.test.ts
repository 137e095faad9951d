import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { linkTo } from '../../src/triage/symptom.js';
import { ALERTS, SYMPTOMS } from '../../src/triage/symptoms.js';
import { ROWS } from '../../tools/grafana/dashboard.js';
import { DASHBOARD, written } from '../../tools/grafana/main.js';
import { findPromtool } from '../../tools/proxies/promtool-binary.js';
import { exported, FOREIGN, type Named, seriesIn } from './series.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SHIPPED = readFileSync(join(ROOT, DASHBOARD), 'utf8');

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface Shipped {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly panels: readonly ShippedPanel[];
}
interface ShippedPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: Box;
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
}
const { panels: BOXES, ...HEAD }: Shipped = JSON.parse(SHIPPED);
const PANELS = BOXES.filter(({ type }) => type !== 'row');
const TARGETS = PANELS.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

/** An expression in which everything is chosen, as Grafana sends it. */
const sent = (expr: string): string => expr.replaceAll('$job', '.*').replaceAll('$instance', '.*');
/** The series of an expression, those aside that Prometheus makes of its alerts. */
const seriesOf = (expr: string): Named[] => seriesIn(sent(expr).replace(/\bALERTS\{[^}]*\}/, ''));
/** Labels that Prometheus adds to what it scrapes. */
const ADDED = ['job', 'instance'];
/** Of the alerts that fire, by Prometheus itself. */
const OF_ALERTS = ['alertname', 'severity', 'alertstate'];

t.test('the dashboard that is shipped is the one of the table', async (t) => {
  t.equal(SHIPPED, written(), 'run `npm run docs`');
});

t.test('rows are the sections of the runbook, in its order, and every panel names its section', async (t) => {
  const rows = BOXES.filter(({ type }) => type === 'row').map(({ title }) => title);
  t.same(rows, ['The first five minutes', ...SYMPTOMS.map(({ section }) => section.title)]);
  let row = -1;
  for (const { type, title, description = '' } of BOXES) {
    if (type === 'row') row += 1;
    const section = ROWS[row]?.section;
    if (type === 'row' || section === undefined) continue;
    t.ok(description.startsWith(`${section.title} (${linkTo(section)}). `), title);
  }
  t.equal(row + 1, ROWS.length);
});

t.test('every symptom has a panel, with the series to look at first', async (t) => {
  for (const { id, section, firstMetric } of SYMPTOMS) {
    const panels = ROWS.find((row) => row.section === section)?.panels ?? [];
    t.ok(panels.length > 0, id);
    if (firstMetric === null) continue;
    const named = panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => seriesOf(expr)));
    const [first] = seriesIn(firstMetric);
    const shown = named.some(
      ({ name, matchers }) =>
        name === first?.name &&
        first.matchers.every((wanted) =>
          matchers.some(
            ({ label, pattern }) => label === wanted.label && pattern.source === wanted.pattern.source,
          ),
        ),
    );
    t.ok(shown, `${id}: ${firstMetric}`);
  }
});

t.test('every query looks at series that somebody exports, with labels that they have', async (t) => {
  const ours = await exported();
  t.ok(TARGETS.length > 50);
  for (const { title, expr } of TARGETS) {
    const series = seriesOf(expr);
    t.ok(series.length > 0 || expr.includes('(ALERTS{'), title);
    for (const { name, matchers } of series) {
      const samples = ours.get(name) ?? FOREIGN[name]?.samples;
      if (!t.ok(samples, `${title}: ${name} is a series`) || samples === undefined || samples.length === 0)
        continue;
      for (const { label, pattern, equal } of matchers) {
        if (ADDED.includes(label)) continue;
        const has = samples.some((labels) => label in labels && pattern.test(labels[label] ?? ''));
        t.ok(has && equal, `${title}: ${name} has ${label} = ${pattern}`);
      }
    }
  }
});

t.test('lines are grouped by labels that there are, and called by those that are left', async (t) => {
  const ours = await exported();
  for (const { title, expr, legendFormat } of TARGETS) {
    const groups = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
    const known = new Set(expr.includes('ALERTS{') ? OF_ALERTS : ADDED);
    for (const { name } of seriesOf(expr)) {
      for (const labels of ours.get(name) ?? []) for (const label of Object.keys(labels)) known.add(label);
    }
    for (const label of groups) t.ok(known.has(label), `${title}: by ${label}`);
    const left = /\b(sum|min|max|count)\b/.test(expr) ? groups.filter((label) => label !== 'le') : ADDED;
    for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
      t.ok(left.includes(label), `${title}: {{${label}}}`);
  }
});

t.test('the names of alerts are those that the dashboard looks for', async (t) => {
  for (const { name } of ALERTS) t.match(name, /^Aviso.+/);
});

t.test('panels have numbers of their own, lie beside each other, and ask what is chosen', async (t) => {
  t.equal(new Set(BOXES.map(({ id }) => id)).size, BOXES.length);
  const cells = BOXES.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  t.equal(new Set(cells).size, cells.length, 'no cell twice');
  t.notOk(BOXES.some(({ gridPos: { x, w } }) => x + w > 24));
  for (const { title, datasource, targets = [] } of PANELS) {
    t.same(datasource, { type: 'prometheus', uid: '$datasource' }, title);
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (const target of targets) t.equal(target.datasource.uid, '$datasource');
  }
  t.same(
    HEAD.templating.list.map(({ name }) => name),
    ['datasource', 'job', 'instance'],
  );
});

const log = (line: string): void => void process.stderr.write(`# ${line}\n`);
const promtool = await findPromtool({ env: process.env, log });
if (!promtool.ok) throw new Error(`no promtool: ${promtool.why}`);

t.test('Prometheus understands every query', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authz-dashboard-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const rules = TARGETS.map(({ expr }, index) => ({ record: `panel:${index}`, expr: sent(expr) }));
  const check = (of: typeof rules) => {
    const file = join(folder, 'queries.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'queries', rules: of }] }, { lineWidth: 0 }));
    return spawnSync(promtool.binary, ['check', 'rules', file], { encoding: 'utf8' });
  };
  const checked = check(rules);
  t.equal(checked.status, 0, checked.stdout + checked.stderr);
  t.match(checked.stdout, `${TARGETS.length} rules found`);
  t.not(check([{ record: 'panel:x', expr: 'sum by (' }]).status, 0, 'and sees what is none');
});

/** Where the program and others are scraped. */
const OURS = { job: 'authz', instance: 'pod-1' };
const THEIRS = { job: 'proxy', instance: 'pod-1' };
const series = (name: string, labels: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;

/** Every series that queries may name, as Prometheus has them. */
async function scraped(): Promise<string[]> {
  const ours = [...(await exported())].flatMap(([name, samples]) =>
    samples.map((labels) => series(name, { ...labels, ...OURS })),
  );
  const theirs = Object.entries(FOREIGN).flatMap(([name, { owner, samples }]) =>
    (samples.length === 0 ? [{}] : samples).map((labels) =>
      series(name, { ...labels, ...(owner === 'Prometheus' ? OURS : THEIRS) }),
    ),
  );
  const alert = { alertname: 'AvisoNoKeys', alertstate: 'firing', severity: 'incident', ...OURS };
  return [...ours, ...theirs, series('ALERTS', alert)];
}

t.test('every query finds something, with these processes chosen', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authz-dashboard-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const names = await scraped();
  const looksBack = ({ expr }: { readonly expr: string }): boolean => expr.includes(' offset ');
  const evaluated = (
    of: readonly { readonly expr: string }[],
    minutes: number,
    at: string,
    chosen = 'pod-1',
  ) => {
    const named = new Set(of.flatMap(({ expr }) => [...seriesOf(expr).map(({ name }) => name), 'ALERTS']));
    const input_series = names
      .filter((name) => named.has(name.slice(0, name.indexOf('{'))))
      .map((name) => ({ series: name, values: `1+${minutes}x700` }));
    const promql_expr_test = of.map(({ expr }) => ({
      expr: `count(${expr.replaceAll('$job', 'authz').replaceAll('$instance', chosen)}) > bool 0`,
      eval_time: at,
      exp_samples: [{ labels: '{}', value: 1 }],
    }));
    const tests = [{ interval: `${minutes}m`, input_series, promql_expr_test }];
    writeFileSync(
      join(folder, 'tests.yml'),
      stringify({ evaluation_interval: '1h', tests }, { lineWidth: 0 }),
    );
    const run = spawnSync(promtool.binary, ['test', 'rules', 'tests.yml'], { cwd: folder, encoding: 'utf8' });
    return { status: run.status, output: run.stdout + run.stderr };
  };
  const lately = TARGETS.filter((target) => !looksBack(target));
  for (const { status, output } of [
    evaluated(lately, 1, '3h'),
    evaluated(TARGETS.filter(looksBack), 15, '170h'),
  ])
    t.equal(status, 0, output);
  const others = evaluated(
    [{ expr: lately.find(({ expr }) => expr.includes('$instance'))?.expr ?? '' }],
    1,
    '3h',
    'no',
  );
  t.not(others.status, 0, 'and nothing when others are chosen');
});

t.test('what provisions Grafana leads to the dashboard and to Prometheus', async (t) => {
  const read = (path: string): unknown =>
    parse(readFileSync(join(ROOT, 'deploy/grafana/provisioning', path), 'utf8'));
  t.match(read('datasources/prometheus.yaml'), {
    apiVersion: 1,
    datasources: [{ type: 'prometheus', isDefault: true }],
  });
  t.match(read('dashboards/aviso-ecpds-authz.yaml'), { apiVersion: 1, providers: [{ type: 'file' }] });
  t.same(readdirSync(join(ROOT, 'deploy/grafana/dashboards')), ['aviso-ecpds-authz.json']);
});
