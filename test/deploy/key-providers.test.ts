import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { createMetrics } from '../../src/observe/metrics.js';
import { findPromtool } from '../../tools/proxies/promtool-binary.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RULES = join(ROOT, 'deploy/prometheus/key-providers.rules.yml');
const CASES = join(ROOT, 'test/deploy/key-providers.rules.test.yml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
}
const { groups }: { groups: readonly { rules: readonly Rule[] }[] } = parse(readFileSync(RULES, 'utf8'));
const rules = groups.flatMap((group) => group.rules);

t.test('rules look at series that exist, and none pages', async (t) => {
  const metrics = await createMetrics('0').registry.getMetricsAsJSON();
  const known = new Set(metrics.map(({ name }) => name));
  for (const { alert, expr, labels } of rules) {
    const named = expr.match(/\baviso_[a-z_]+\b/g) ?? [];
    t.ok(named.length > 0 && named.every((name) => known.has(name)), `${alert}: ${named.join()}`);
    t.match(labels.severity, /^(ticket|incident)$/, alert);
  }
  const severity = new Map(rules.map(({ alert, labels }) => [alert, labels.severity]));
  t.equal(severity.get('AvisoOldKeysKept'), 'ticket');
  t.equal(severity.get('AvisoNoKeys'), 'incident');
  t.equal(severity.get('AvisoNotReadyForKeys'), 'incident');
});

const log = (line: string): void => void process.stderr.write(`# ${line}\n`);
const promtool = await findPromtool({ env: process.env, log });
const why = promtool.ok ? '' : `no promtool: ${promtool.why}`;
if (why !== '' && process.env['CI'] === 'true') t.fail(why);
t.test(
  'Prometheus takes the rules, and each fires when it should and not before',
  { skip: why },
  async (t) => {
    if (!promtool.ok) return;
    const folder = mkdtempSync(join(tmpdir(), 'authz-rules-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(RULES, join(folder, 'key-providers.rules.yml'));
    cpSync(CASES, join(folder, 'cases.yml'));
    const run = (...args: readonly string[]) =>
      spawnSync(promtool.binary, args, { cwd: folder, encoding: 'utf8' });
    const checked = run('check', 'rules', 'key-providers.rules.yml');
    t.equal(checked.status, 0, checked.stdout + checked.stderr);
    const tested = run('test', 'rules', 'cases.yml');
    t.equal(tested.status, 0, tested.stdout + tested.stderr);
  },
);
