import { fillIn } from './commands.js';
import type { Diagnosis, Finding } from './diagnosis.js';
import { figuresOf, healthySummary } from './figures.js';
import { prose, type Text } from './prose.js';
import { quiet } from './rules/gate.js';
import { authOTron, unauthorized } from './rules/identity.js';
import { keys } from './rules/keys.js';
import { noVerdict } from './rules/no-verdict.js';
import { lostLogLines, notReady, staleConfiguration } from './rules/process.js';
import {
  forbiddenByRole,
  internalError,
  invalidRequests,
  matchKeyMissing,
  notOnTheList,
} from './rules/refusals.js';
import type { Found, Rule, Unseen } from './rules/rule.js';
import { slow } from './rules/slow.js';
import type { Situation } from './situation.js';
import { linkTo, type Symptom, type SymptomId } from './symptom.js';
import { SYMPTOMS } from './symptoms.js';

/** What tells each symptom from inside one process, or why nothing can. */
export const RULES: Readonly<Record<SymptomId, Rule | Unseen>> = {
  no_verdict: noVerdict,
  auth_o_tron: authOTron,
  no_answer: notReady,
  not_on_the_list: notOnTheList,
  match_key_missing: matchKeyMissing,
  forbidden_by_role: forbiddenByRole,
  unauthorized,
  invalid_requests: invalidRequests,
  internal_error: internalError,
  quiet,
  unchecked_reads: {
    unseen: 'nobody asked this program about them; the counters of the proxy and of Aviso tell',
  },
  slow,
  unusual: {
    unseen: 'it takes the same hour of other days, which Prometheus keeps and one process does not',
  },
  stale_configuration: staleConfiguration,
  lost_log_lines: lostLogLines,
  keys,
};

/**
 * What is wrong with a process, in the runbook's words and order. Storms and single failures are both findings, and say
 * which they are: on a quiet site the first failed request is all there is to see (docs/decisions/0040).
 */
export function diagnose(situation: Situation): Diagnosis {
  const findings = SYMPTOMS.flatMap((symptom) => findingsOf(symptom, situation));
  const [first] = findings;
  return {
    verdict: first === undefined ? 'healthy' : 'trouble',
    summary: first === undefined ? healthySummary(situation) : troubleSummary(first, findings.length - 1),
    findings,
    figures: [...figuresOf(situation), ...UNSEEN],
  };
}

function findingsOf(symptom: Symptom, situation: Situation): readonly Finding[] {
  const rule = RULES[symptom.id];
  if (typeof rule !== 'function') return [];
  return rule(situation, symptom).map((found) => finding(symptom, found, situation));
}

/** A finding, with what the symptom's row says where the rule does not say it better. */
export function finding(symptom: Symptom, found: Found, situation: Situation | null): Finding {
  const { cause, wrong, next } = found.cause ?? symptom;
  return {
    symptom: symptom.id,
    title: symptom.section.title,
    section: linkTo(symptom.section),
    cause,
    wrong: prose`${found.what}: ${wrong}`,
    evidence: found.evidence,
    users: found.users,
    next: situation === null ? next : fillIn(next, situation),
  };
}

export function troubleSummary({ title, wrong }: Finding, others: number): Text {
  return prose`${title}. ${wrong}${others === 0 ? '' : ` (and ${others} more)`}`;
}

const UNSEEN = SYMPTOMS.flatMap(({ id, section }) => {
  const rule = RULES[id];
  return typeof rule === 'function' ? [] : [`not to be seen from here: ${section.title} (${rule.unseen})`];
});
