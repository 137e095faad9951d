/**
 * How much a finding matters.
 *
 * - `opens`: a request could pass unchecked, or on the word of somebody other than the authorizer.
 * - `breaks`: requests that should be served are not, or the reason for a refusal is hidden.
 * - `advice`: one of two locks is missing, or it will not hold under load.
 */
export const SEVERITIES = ['opens', 'breaks', 'advice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where in a file something is, or should be. */
export interface Place {
  /** The file as the operator named it. */
  readonly file: string;
  /** Counted from 1; of the nearest thing around it when it is missing. */
  readonly line: number;
  /** The way to it within the file: names, and positions in lists. */
  readonly path: string;
}

/** One thing wrong. Never holds a value that may be a secret. */
export interface Flaw {
  readonly place: Place;
  /** What is wrong. */
  readonly problem: string;
  /** What to write instead. */
  readonly cure: string;
}

/** What is looked at in a configuration of one kind of proxy. */
export interface Check<Subject> {
  /** Unique, as in `failure_mode_allow`. */
  readonly name: string;
  readonly severity: Severity;
  /** What would be wrong, in general; for the documentation. */
  readonly flaw: string;
  /** What happens because of it. */
  readonly consequence: string;
  readonly find: (subject: Subject) => readonly Flaw[];
}

/** A flaw that a check found. */
export interface Finding extends Flaw {
  readonly check: string;
  readonly severity: Severity;
  readonly consequence: string;
}

/** What a configuration has to fit to. */
export interface Budget {
  /** `ecpds.request_timeout_seconds` of the authorizer. */
  readonly requestTimeoutSeconds: number;
  /** The share of the time a proxy states that the authorizer takes for itself. */
  readonly deadlineShare: number;
}

/** Every finding once, the gravest first, then in the order of the table. */
export function runChecks<Subject>(checks: readonly Check<Subject>[], subject: Subject): Finding[] {
  const findings = checks.flatMap((check) => check.find(subject).map((flaw) => asFinding(check, flaw)));
  const once = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return SEVERITIES.flatMap((severity) => [...once.values()].filter((found) => found.severity === severity));
}

function asFinding<S>({ name, severity, consequence }: Check<S>, { place, problem, cure }: Flaw): Finding {
  return { check: name, severity, place, problem, consequence, cure };
}

/** Why a file tells nothing: the end of a sentence about it. */
export interface Unreadable {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
}
