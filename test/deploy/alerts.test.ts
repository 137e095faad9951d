import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { linkTo } from '../../src/triage/symptom.js';
import { ALERTS } from '../../src/triage/symptoms.js';
import { findPromtool } from '../../tools/proxies/promtool-binary.js';
import { RULES, rules } from '../../tools/rules.js';
import { BASELINE_CASES } from './cases/baseline.js';
import { CACHE_CASES } from './cases/cache.js';
import type { RuleCase } from './cases/case.js';
import { GATE_CASES } from './cases/gate.js';
import { KEY_CASES } from './cases/keys.js';
import { NO_ANSWER_CASES } from './cases/no-answer.js';
import { NO_VERDICT_CASES } from './cases/no-verdict.js';
import { PROCESS_CASES } from './cases/process.js';
import { REFUSAL_CASES } from './cases/refusals.js';
import { exported, FOREIGN, seriesIn } from './series.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const SHIPPED = readFileSync(join(ROOT, RULES), 'utf8');

const CASES: readonly RuleCase[] = [
  ...NO_VERDICT_CASES,
  ...NO_ANSWER_CASES,
  ...REFUSAL_CASES,
  ...GATE_CASES,
  ...CACHE_CASES,
  ...BASELINE_CASES,
  ...PROCESS_CASES,
  ...KEY_CASES,
];

t.test('series are found in an expression, with what is asked of their labels', async (t) => {
  const expr =
    'sum by (job) (increase(a_total{x="1",y!~"p|q"}[1h] offset 1d)) > 0.9 * time() - b\nand on (job, instance) c:d == 1';
  const found = seriesIn(expr);
  t.same(
    found.map(({ name }) => name),
    ['a_total', 'b', 'c:d'],
  );
  const [x, y] = found[0]?.matchers ?? [];
  t.ok(x?.equal === true && x.pattern.test('1') && !x.pattern.test('11'));
  t.ok(y?.equal === false && y.pattern.test('q') && !y.pattern.test('pq'));
});

t.test('every rule looks at series that somebody exports, with labels that they have', async (t) => {
  const ours = await exported();
  for (const { name: alert, expr } of ALERTS) {
    const series = seriesIn(expr);
    t.ok(series.length > 0, alert);
    for (const { name, matchers } of series) {
      const samples = ours.get(name) ?? FOREIGN[name]?.samples;
      t.ok(samples !== undefined, `${alert}: ${name} is a series`);
      if (samples === undefined || samples.length === 0) continue;
      for (const { label, pattern, equal } of matchers) {
        const has = samples.some((labels) => pattern.test(labels[label] ?? ''));
        t.ok(has, `${alert}: ${name} has ${label} ${equal ? '=' : '!='} ${pattern}`);
      }
    }
  }
});

t.test('every alert has a case that fires and one that does not', async (t) => {
  for (const { name } of ALERTS) {
    const cases = CASES.filter(({ alert }) => alert === name);
    t.ok(
      cases.some(({ fires }) => fires.length > 0),
      `${name} fires in one`,
    );
    t.ok(
      cases.some(({ fires }) => fires.length === 0),
      `${name} does not fire in one`,
    );
    t.equal(
      new Set(cases.map(({ everyMinutes }) => everyMinutes)).size,
      1,
      `${name}: samples as dense in all`,
    );
  }
  for (const { alert } of CASES)
    t.ok(
      ALERTS.some(({ name }) => name === alert),
      `${alert} is an alert`,
    );
});

t.test('the rules that are shipped are those of the table', async (t) => {
  t.equal(SHIPPED, rules(), 'run `npm run docs`');
});

/** One case as promtool takes it. Summaries are written in the case, with their figures; the rest is the table's. */
function promtoolCase({ alert, name, series, at, everyMinutes, fires: expected }: RuleCase): object {
  const rule = ALERTS.find(({ name }) => name === alert);
  if (rule === undefined) throw new Error(`no alert ${alert}`);
  const { severity, description } = rule;
  const exp_alerts = expected.map(({ labels, summary }) => ({
    exp_labels: { severity, ...labels },
    exp_annotations: { summary, description, runbook_url: linkTo(rule.section) },
  }));
  return {
    name: `${alert}: ${name}`,
    interval: `${everyMinutes ?? 1}m`,
    input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
    alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts }],
  };
}

/** The file of one rule alone: promtool evaluates every rule of a file in each of its tests. */
function ruleAlone(alert: string): string {
  const { groups }: { groups: { name: string; rules: { alert: string }[] }[] } = parse(SHIPPED);
  const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.alert === alert);
  return stringify({ groups: [{ name: alert, rules }] });
}

/** Minutes between evaluations, by those between samples. */
const EVALUATION: Readonly<Record<number, string>> = { 1: '1m', 15: '30m' };

/** Writes rule and cases of an alert; gives the name of the file of cases. */
function written(folder: string, alert: string): string {
  const cases = CASES.filter((one) => one.alert === alert);
  const evaluation_interval = EVALUATION[cases[0]?.everyMinutes ?? 1];
  const file = { rule_files: [`${alert}.yml`], evaluation_interval, tests: cases.map(promtoolCase) };
  writeFileSync(join(folder, `${alert}.yml`), ruleAlone(alert));
  writeFileSync(join(folder, `${alert}.cases.yml`), stringify(file, { lineWidth: 0 }));
  return `${alert}.cases.yml`;
}

const log = (line: string): void => void process.stderr.write(`# ${line}\n`);
const promtool = await findPromtool({ env: process.env, log });
const why = promtool.ok ? '' : `no promtool: ${promtool.why}`;
if (why !== '' && process.env['CI'] === 'true') t.fail(why);

t.test('Prometheus fires when it should and not otherwise', { skip: why }, async (t) => {
  if (!promtool.ok) return;
  const folder = mkdtempSync(join(tmpdir(), 'authz-rules-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const files = ALERTS.map(({ name }) => written(folder, name));
  const run = spawnSync(promtool.binary, ['test', 'rules', ...files], { cwd: folder, encoding: 'utf8' });
  t.equal(run.status, 0, run.stdout + run.stderr);
  t.equal(run.stdout.split('SUCCESS').length - 1, ALERTS.length, 'and every file was run');
});

t.test('Prometheus takes the file as it is shipped', { skip: why }, async (t) => {
  if (!promtool.ok) return;
  const checked = spawnSync(promtool.binary, ['check', 'rules', join(ROOT, RULES)], { encoding: 'utf8' });
  t.equal(checked.status, 0, checked.stdout + checked.stderr);
  t.match(checked.stdout, `${ALERTS.length} rules found`);
});
