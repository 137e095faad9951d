/**
 * Writes the rules of Prometheus and the tables of `docs/alerts.md` from the symptoms in `src/triage/`, so that what
 * fires, what the page says and what the program says are one. `--check` writes nothing and fails when one is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Document, isMap } from 'yaml';
import { type Alert, linkTo, SEVERITIES, type Symptom } from '../src/triage/symptom.js';
import { ALERTS, SYMPTOMS } from '../src/triage/symptoms.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const RULES = 'deploy/prometheus/aviso-ecpds-authz.rules.yml';
const PAGE = 'docs/alerts.md';
const BEGIN = '<!-- begin: alerts, written by tools/rules.ts -->';
const END = '<!-- end: alerts -->';

const HEAD = [
  ' Alerts about aviso-ecpds-authz, written by tools/rules.ts from src/triage/: do not edit.',
  ' docs/alerts.md lists them and says what has to be scraped; runbook_url is a path in this project.',
].join('\n');
/** Comments break where the rest of the project does. */
const COMMENT_WIDTH = 106;

/** The file of rules: one group for each symptom, a comment with its thresholds' reasons over each alert. */
export function rules(): string {
  const alerting = SYMPTOMS.filter(({ alerts }) => alerts.length > 0);
  const file = new Document({ groups: alerting.map(groupOf) });
  file.commentBefore = HEAD;
  alerting.forEach((symptom, group) => {
    symptom.alerts.forEach(({ why }, rule) => {
      const node = file.getIn(['groups', group, 'rules', rule]);
      if (!isMap(node)) return;
      node.commentBefore = wrapped(why);
      node.spaceBefore = rule > 0;
    });
  });
  return file.toString({ lineWidth: 0 });
}

const groupOf = ({ id, alerts, section }: Symptom): object => ({
  name: `aviso-ecpds-authz-${id.replaceAll('_', '-')}`,
  rules: alerts.map((alert) => ruleOf(alert, linkTo(alert.section ?? section))),
});

function ruleOf({ name, expr, forSeconds, severity, summary, description }: Alert, runbook: string): object {
  const lasting = forSeconds === 0 ? {} : { for: duration(forSeconds) };
  const annotations = { summary, description, runbook_url: runbook };
  return { alert: name, expr, ...lasting, labels: { severity }, annotations };
}

const duration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

function wrapped(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= COMMENT_WIDTH) lines[lines.length - 1] = longer;
    else lines.push(` ${word}`);
  }
  return lines.join('\n');
}

/** The page with its table written anew. */
export function alertsPage(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} lacks the markers of its table`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${tables()}\n\n${page.slice(end)}`;
}

function tables(): string {
  return SEVERITIES.map((severity) => {
    const rows = ALERTS.filter((alert) => alert.severity === severity).map((alert) => {
      const link = `[${alert.section.title}](${linkTo(alert.section).replace('docs/', '')})`;
      const after = alert.forSeconds === 0 ? 'at once' : duration(alert.forSeconds);
      return `| \`${alert.name}\` | ${after} | ${alert.description} | ${link} |`;
    });
    const heading = '| alert | after | what it means | where to go on |\n| --- | --- | --- | --- |';
    return `### \`${severity}\`\n\n${[heading, ...rows].join('\n')}`;
  }).join('\n\n');
}

function main(check: boolean): number {
  const before = readFileSync(ROOT + PAGE, 'utf8');
  const written = new Map([
    [RULES, rules()],
    [PAGE, alertsPage(before)],
  ]);
  const stale = [...written].filter(([path, text]) => contentOf(path) !== text);
  if (check && stale.length > 0) {
    process.stderr.write(`${stale.map(([path]) => path).join(' and ')}: stale, run \`npm run docs\`\n`);
    return 1;
  }
  for (const [path, text] of stale) writeFileSync(ROOT + path, text);
  return 0;
}

/** Null when there is no such file yet. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(ROOT + path, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.includes('--check'));
