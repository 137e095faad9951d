import type { FetchFailure } from '../domain/fetch-outcome.js';
import type { Text } from './prose.js';

/** Whose problem something is. `sidecar` is this program itself. */
export const CAUSE_CLASSES = [
  'upstream',
  'network',
  'credentials',
  'configuration',
  'sidecar',
  'client',
] as const;
export type CauseClass = (typeof CAUSE_CLASSES)[number];

/**
 * Whom an alert is for: `page` wakes somebody, `incident` goes to the channel in which incidents are declared, `ticket`
 * waits for working hours, and of `info` nothing is asked.
 */
export const SEVERITIES = ['page', 'incident', 'ticket', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A heading of one of the project's pages. */
export interface Section {
  /** From the project's folder, as in `docs/runbook.md`. */
  readonly page: string;
  /** The heading's words, to the letter. */
  readonly title: string;
}

/** What is wrong, whose problem it is, and what to run next; `UPPER_CASE` words in the command are to be filled in. */
export interface Cause {
  readonly cause: CauseClass;
  readonly wrong: Text;
  readonly next: string;
}

/** One rule of Prometheus. */
export interface Alert {
  readonly name: string;
  /** PromQL. Over all processes of a job, unless it is about the state of one process: then `instance` is kept. */
  readonly expr: string;
  /** How long `expr` must hold, in seconds; 0: it fires with the first evaluation. */
  readonly forSeconds: number;
  readonly severity: Severity;
  /** One line, in which Prometheus' templates may stand. */
  readonly summary: string;
  /** What it means and what to do first, without templates. */
  readonly description: string;
  /** Why the thresholds are what they are; a comment of the rule. */
  readonly why: string;
  /** Where the runbook goes on, when that is not the symptom's own section. */
  readonly section?: Section;
}

export const SYMPTOM_IDS = [
  'no_verdict',
  'auth_o_tron',
  'no_answer',
  'not_on_the_list',
  'match_key_missing',
  'forbidden_by_role',
  'unauthorized',
  'invalid_requests',
  'internal_error',
  'quiet',
  'unchecked_reads',
  'slow',
  'unusual',
  'stale_configuration',
  'lost_log_lines',
  'keys',
] as const;
export type SymptomId = (typeof SYMPTOM_IDS)[number];

/** One symptom: a section of the runbook, what tells it, and what is done about it. */
export interface Symptom extends Cause {
  readonly id: SymptomId;
  readonly section: Section;
  /** The series to look at first, as the section names it; null when another program has it. */
  readonly firstMetric: string | null;
  /** The event to look for first; null when there is none. */
  readonly firstEvent: string | null;
  /** What is wrong by the `outcome` of `aviso_ecpds_fetch_total` that dominates, where that tells. */
  readonly byOutcome?: Readonly<Record<FetchFailure, Cause>>;
  readonly alerts: readonly Alert[];
}

/** The page and anchor of a section, as GitHub makes anchors: `docs/runbook.md#500`. */
export function linkTo({ page, title }: Section): string {
  const anchor = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  return `${page}#${anchor}`;
}
