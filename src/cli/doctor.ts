import { readFile } from 'node:fs/promises';
import { diagnoseEnvoy } from '../doctor/envoy/diagnose.js';
import type { Budget, Finding, Severity, Unreadable } from '../doctor/finding.js';
import { diagnoseNginx } from '../doctor/nginx/diagnose.js';
import { fail, type Result } from '../domain/result.js';
import { DEADLINE_SHARE } from '../transport/deadline.js';
import { loadForCommand } from './configuration.js';
import { includeFrom } from './include.js';
import { EXIT, type Style, type Terminal } from './terminal.js';

export interface DoctorOptions {
  readonly envoy: readonly string[];
  readonly nginx?: string;
  readonly config: readonly string[];
  readonly json?: boolean;
}

/** `ecpds.request_timeout_seconds` of an authorizer whose configuration is not given. */
export const DEFAULT_REQUEST_TIMEOUT_SECONDS = 30;

type Diagnosis = Result<readonly Finding[], readonly Unreadable[]>;

/**
 * Reads the configuration of a proxy and prints what would open the gate or break requests.
 *
 * @returns 0 when there is nothing but advice, 1 when there is, 2 when the files say nothing about a gate
 */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  const files = filesOf(options);
  if (files === null) {
    terminal.err(terminal.paint('red', 'give either `--envoy FILE`, or `--nginx FILE`'));
    return EXIT.usage;
  }
  const budget = await budgetFrom(options.config, terminal);
  if (budget === null) return EXIT.usage;
  const diagnosis = await diagnose(options, files, budget);
  if (!diagnosis.ok) {
    for (const unreadable of diagnosis.failure) terminal.err(refusal(unreadable, terminal));
    return EXIT.usage;
  }
  const findings = diagnosis.value;
  terminal.out(options.json ? asJson(files, budget, findings) : asText(files, findings, terminal));
  return findings.some(({ severity }) => severity !== 'advice') ? EXIT.failed : EXIT.ok;
}

function filesOf({ envoy, nginx }: DoctorOptions): readonly string[] | null {
  if (nginx === undefined) return envoy.length > 0 ? envoy : null;
  return envoy.length > 0 ? null : [nginx];
}

async function budgetFrom(config: readonly string[], terminal: Terminal): Promise<Budget | null> {
  const shipped = { requestTimeoutSeconds: DEFAULT_REQUEST_TIMEOUT_SECONDS, deadlineShare: DEADLINE_SHARE };
  if (config.length === 0) return shipped;
  const loaded = await loadForCommand(config, terminal);
  if (loaded === null) return null;
  const seconds = loaded.config.ecpds?.request_timeout_seconds;
  return seconds === undefined ? shipped : { ...shipped, requestTimeoutSeconds: seconds };
}

async function diagnose(
  { nginx }: DoctorOptions,
  files: readonly string[],
  budget: Budget,
): Promise<Diagnosis> {
  const read = await Promise.all(files.map((file) => textOf(file)));
  const unread = files.filter((_, index) => read[index] === null);
  if (unread.length > 0) return fail(unread.map((file) => ({ file, line: null, reason: 'cannot be read' })));
  const sources = files.map((file, index) => ({ file, text: read[index] ?? '' }));
  const [first] = sources;
  if (nginx === undefined || first === undefined) return diagnoseEnvoy(sources, budget);
  return diagnoseNginx(first, includeFrom(nginx), budget);
}

const textOf = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null);

function refusal({ file, line, reason }: Unreadable, terminal: Terminal): string {
  const at = line === null ? file : `${file}:${line}`;
  return `${terminal.paint('bold', at)} ${terminal.paint('red', reason)}`;
}

function asJson(files: readonly string[], budget: Budget, findings: readonly Finding[]): string {
  const rows = findings.map(({ check, severity, place, problem, consequence, cure }) => {
    return { check, severity, ...place, problem, consequence, cure };
  });
  const report = { files, request_timeout_seconds: budget.requestTimeoutSeconds, findings: rows };
  return JSON.stringify(report, null, 2);
}

const STYLES: Record<Severity, Style> = { opens: 'red', breaks: 'yellow', advice: 'dim' };

function asText(files: readonly string[], findings: readonly Finding[], terminal: Terminal): string {
  const names = files.join(' + ');
  if (findings.length === 0) return `${terminal.paint('green', 'nothing found')}: ${names}`;
  const counts = Object.keys(STYLES).map(
    (severity) => `${findings.filter((found) => found.severity === severity).length} ${severity}`,
  );
  return [
    `${terminal.paint('bold', names)}: ${counts.join(', ')}`,
    ...findings.map((found) => block(found, terminal)),
  ].join('\n\n');
}

function block({ check, severity, place, problem, consequence, cure }: Finding, terminal: Terminal): string {
  const { file, line, path } = place;
  return [
    `${terminal.paint(STYLES[severity], severity)}  ${terminal.paint('bold', check)}: ${problem}`,
    `  at ${file}:${line}  ${terminal.paint('dim', path)}`,
    `  so ${consequence}`,
    `  -> ${cure}`,
  ].join('\n');
}
