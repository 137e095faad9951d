import { spawnSync } from 'node:child_process';
import t from 'tap';
import { FETCH_FAILURES } from '../../src/domain/fetch-outcome.js';
import { CAUSE_CLASSES, linkTo, SEVERITIES, SYMPTOM_IDS } from '../../src/triage/symptom.js';
import { ALERTS, SYMPTOMS } from '../../src/triage/symptoms.js';
import { SLOW } from '../../src/triage/thresholds.js';
import { alertsPage } from '../../tools/rules.js';
import { exported } from '../deploy/series.js';
import { anchors, page, prose, ROOT } from '../docs/pages.js';

const RUNBOOK = page('docs/runbook.md');

/** The symptoms' headings in the runbook, in its order, with what is under each. */
const SECTIONS = new Map(
  (RUNBOOK.text.split(/^## /m).find((part) => part.startsWith('Symptoms\n')) ?? '')
    .split(/^### /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part] as const),
);

t.test(
  'symptoms are those of the runbook, in its words and order; keys have a page of their own',
  async (t) => {
    const inRunbook = SYMPTOMS.filter(({ section }) => section.page === 'docs/runbook.md');
    t.same(
      inRunbook.map(({ section }) => section.title),
      [...SECTIONS.keys()],
    );
    t.same(
      SYMPTOMS.filter((symptom) => !inRunbook.includes(symptom)).map(({ id }) => id),
      ['keys'],
    );
    t.same(
      SYMPTOMS.map(({ id }) => id),
      SYMPTOM_IDS,
    );
  },
);

t.test('a section of the runbook names the series and the event that its symptom is told by', async (t) => {
  for (const { section, firstMetric, firstEvent } of SYMPTOMS) {
    const text = SECTIONS.get(section.title) ?? page(section.page).text;
    if (firstMetric !== null) t.ok(text.includes(`\`${firstMetric}\``), `${section.title}: ${firstMetric}`);
    if (firstEvent !== null) t.ok(text.includes(firstEvent), `${section.title}: ${firstEvent}`);
  }
});

t.test('every link leads to a heading', async (t) => {
  for (const { name, section } of [
    ...SYMPTOMS.map(({ id, section }) => ({ name: id, section })),
    ...ALERTS,
  ]) {
    const [path = '', anchor = ''] = linkTo(section).split('#');
    t.ok(anchors(page(path)).includes(anchor), `${name}: ${linkTo(section)}`);
    t.match(prose(page(path)), new RegExp(`^#+ ${section.title.replace(/[()]/g, '\\$&')}$`, 'm'), name);
  }
});

t.test('every outcome of a fetch has its cause and its alert, which says that cause', async (t) => {
  const symptom = SYMPTOMS.find(({ id }) => id === 'no_verdict');
  for (const { outcome, label } of FETCH_FAILURES) {
    const alert = symptom?.alerts.find(({ name }) => name === `AvisoEcpds${outcome}`);
    const cause = symptom?.byOutcome?.[outcome];
    t.ok(cause !== undefined && alert?.description.includes(`${cause.wrong}`), outcome);
    t.match(alert?.summary, label);
    t.match(alert?.expr, `outcome="${label}"`);
  }
});

t.test('causes, severities and names are what they may be', async (t) => {
  for (const { id, cause, byOutcome } of SYMPTOMS)
    for (const of of [cause, ...Object.values(byOutcome ?? {}).map((one) => one.cause)])
      t.ok(CAUSE_CLASSES.includes(of), id);
  t.equal(new Set(ALERTS.map(({ name }) => name)).size, ALERTS.length, 'no name twice');
  for (const { name, severity, description, why } of ALERTS) {
    t.match(name, /^Aviso[A-Z][A-Za-z]+$/);
    t.ok(SEVERITIES.includes(severity), name);
    t.notMatch(description, /\{\{/, `${name}: pages show its description`);
    t.ok(why.length > 0 && description.length > 0, name);
  }
});

t.test('the next command is one that there is', async (t) => {
  const commands = SYMPTOMS.flatMap(({ next, byOutcome }) => [
    next,
    ...Object.values(byOutcome ?? {}).map((cause) => cause.next),
  ]);
  for (const line of new Set(commands)) {
    const [program, command = ''] = line.split(' ');
    if (program !== 'aviso-ecpds-authz') {
      t.match(program, /^(curl|grep|date)$/, line);
      continue;
    }
    const main = `${ROOT}dist/src/main.js`;
    const { stdout, status } = spawnSync(process.execPath, [main, command, '--help'], { encoding: 'utf8' });
    t.equal(status, 0, line);
    for (const [flag] of line.matchAll(/--[a-z-]+/g)) t.ok(stdout.includes(`${flag} `), `${command} ${flag}`);
  }
});

t.test('a check is slow from an upper bound of a bucket on', async (t) => {
  const buckets = (await exported()).get('aviso_authz_request_duration_seconds_bucket') ?? [];
  t.ok(buckets.some(({ le }) => le === String(SLOW.seconds)));
});

t.test('the page of alerts is what the table says, and names each once', async (t) => {
  const { text } = page('docs/alerts.md');
  t.equal(alertsPage(text), text, 'run `npm run docs`');
  for (const { name } of ALERTS) t.equal(text.split(`\n| \`${name}\` |`).length, 2, name);
  for (const [, name = ''] of text.matchAll(/`(Aviso[A-Z]\w+)`/g))
    t.ok(
      ALERTS.some((alert) => alert.name === name),
      `${name} is an alert`,
    );
});

t.test('the tool says when it is, and writes nothing when it only checks', async (t) => {
  const tool = `${ROOT}dist/tools/rules.js`;
  const { status, stderr } = spawnSync(process.execPath, [tool, '--check'], { encoding: 'utf8' });
  t.equal(status, 0, stderr);
});
