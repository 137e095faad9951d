import { finding, troubleSummary } from './diagnose.js';
import type { Diagnosis } from './diagnosis.js';
import { SYMPTOMS } from './symptoms.js';

/** Why a process could not be asked. `other`: something else answers there. */
export type Silence =
  | { readonly kind: 'refused' | 'unknown' | 'silent'; readonly error: string }
  | { readonly kind: 'other'; readonly error: string };

/** Where the admin listener was looked for: for people, and as curl's arguments without a path. */
export interface Asked {
  readonly shown: string;
  readonly curl: string;
}

/**
 * What it means that the admin listener does not answer: seen from outside, it is "503 and nothing moves here".
 */
export function diagnoseSilence(asked: Asked, silence: Silence): Diagnosis {
  const findings = SYMPTOMS.filter(({ id }) => id === 'no_answer').map((symptom) => {
    const { what, next, evidence } = MEANS[silence.kind](asked);
    const cause = { cause: symptom.cause, wrong: symptom.wrong, next };
    return finding(
      symptom,
      { cause, what: `${what} (${silence.error})`, evidence: [...evidence, ...ALWAYS], users: null },
      null,
    );
  });
  const [first] = findings;
  return {
    verdict: 'trouble',
    summary: first === undefined ? silence.error : troubleSummary(first, 0),
    findings,
    figures: [],
  };
}

interface Meaning {
  readonly what: string;
  readonly evidence: readonly string[];
  readonly next: string;
}

const ALWAYS: readonly string[] = [
  'as long as no process answers the proxy, every gated read is 503',
  'Envoy says ext_authz_error in its access log then, nginx `authz: no verdict` in its error log',
];
const VALIDATE = 'aviso-ecpds-authz validate --config CONFIG';

const MEANS: Readonly<Record<Silence['kind'], (asked: Asked) => Meaning>> = {
  refused: ({ shown }) => ({
    what: `nothing listens on ${shown}`,
    evidence: [
      'the process ended, did not start, or sidecar.admin is elsewhere: give its address with --admin',
      'exit code 2 of serve is the configuration, exit code 1 a port that is taken',
    ],
    next: VALIDATE,
  }),
  unknown: ({ shown, curl }) => ({
    what: `${shown} cannot be reached`,
    evidence: ['a wrong host or path in --admin, or the network between'],
    next: `curl -i ${curl}/healthz`,
  }),
  silent: ({ shown, curl }) => ({
    what: `${shown} takes the connection and does not answer`,
    evidence: ['the process hangs, or the host is overloaded'],
    next: `curl -i --max-time 5 ${curl}/healthz`,
  }),
  other: ({ shown, curl }) => ({
    what: `what answers on ${shown} is not this version of aviso-ecpds-authz`,
    evidence: ['another program, another port, or a version without /status.json'],
    next: `curl -i ${curl}/healthz`,
  }),
};
