import type { Diagnosis, Finding } from '../triage/diagnosis.js';
import type { Situation } from '../triage/situation.js';
import { diagnoseSilence } from '../triage/unreachable.js';
import { adminAddress } from './admin.js';
import { statusReport } from './status-report.js';
import { EXIT, printable, type Terminal } from './terminal.js';

export interface DiagnoseOptions {
  /** A URL, or the path of a Unix socket. */
  readonly admin: string;
  readonly json?: boolean;
}

/** Asks a running process what is wrong, and says it; that it does not answer is a diagnosis, too. */
export async function diagnose(options: DiagnoseOptions, terminal: Terminal): Promise<number> {
  const address = adminAddress(options.admin);
  if (!address.ok) {
    terminal.err(terminal.paint('red', `--admin '${options.admin}': ${address.failure}`));
    return EXIT.usage;
  }
  const answer = await statusReport(address.value);
  const report = answer.ok
    ? answer.value
    : { diagnosis: diagnoseSilence(address.value, answer.failure), situation: null };
  terminal.out(options.json ? JSON.stringify(report, null, 2) : asText(report, terminal));
  if (!answer.ok) return EXIT.unavailable;
  return report.diagnosis.verdict === 'healthy' ? EXIT.ok : EXIT.trouble;
}

interface Shown {
  readonly diagnosis: Diagnosis;
  readonly situation: Situation | null;
}

function asText({ diagnosis }: Shown, terminal: Terminal): string {
  const { verdict, summary, findings, figures } = diagnosis;
  const word = verdict === 'healthy' ? terminal.paint('green', 'HEALTHY') : terminal.paint('red', 'TROUBLE');
  return [
    `${word}  ${printable(verdict === 'healthy' ? summary : headline(findings))}`,
    ...findings.flatMap((finding, index) => ['', ...findingLines(finding, index + 1, terminal)]),
    ...(figures.length === 0
      ? []
      : ['', terminal.paint('bold', 'Figures'), ...figures.map((figure) => `   ${printable(figure)}`)]),
  ].join('\n');
}

/** What each finding says in full follows. */
const headline = (findings: readonly Finding[]): string =>
  [...new Set(findings.map(({ title, cause }) => `${title} (${cause})`))].join('; ');

const USERS: Readonly<Record<NonNullable<Finding['users']>, string>> = {
  one: 'one',
  few: 'a few',
  many: 'many',
};

function findingLines(finding: Finding, number: number, terminal: Terminal): readonly string[] {
  const { title, cause, wrong, evidence, users, next, section } = finding;
  return [
    terminal.paint('bold', `${number}. ${printable(title)}`),
    `   wrong     ${printable(wrong)}`,
    `   cause     ${terminal.paint('yellow', printable(cause))}`,
    ...(users === null ? [] : [`   users     ${USERS[users]}`]),
    ...evidence.map((line, index) => `   ${index === 0 ? 'evidence' : '        '}  ${printable(line)}`),
    `   next      ${terminal.paint('bold', printable(next))}`,
    `   runbook   ${printable(section)}`,
  ];
}
