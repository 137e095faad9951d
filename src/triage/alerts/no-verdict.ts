import { FETCH_FAILURES, type FetchFailure } from '../../domain/fetch-outcome.js';
import { FETCH_CAUSES } from '../fetch-causes.js';
import { all, grew, unless } from '../promql.js';
import type { Alert, Section } from '../symptom.js';
import { FEW_USERS, STORM_SECONDS, STORMS } from '../thresholds.js';

const { window, atLeast, share } = STORMS.unavailable;
const UNAVAILABLE = grew('aviso_ecpds_access_decisions_total{outcome="unavailable"}', window);
const STORM = all(
  `${UNAVAILABLE} >= ${atLeast}`,
  `${UNAVAILABLE} > ${share} * ${grew('aviso_ecpds_access_decisions_total', window)}`,
);
const FEW = `max by (job) (aviso_ecpds_distinct_users{outcome="unavailable"}) <= ${FEW_USERS}`;
const FAILED = 'aviso_ecpds_fetch_total{outcome!="success"}';
const WORST = `max by (job) (sum by (job, outcome) (increase(${FAILED}[${window}])))`;

const WHY_STORM = `${atLeast} in five minutes, so that one request at night is none, and a tenth of all checks. Up to ${FEW_USERS} users are AvisoEcpdsFewUsers; without that series they count as many.`;
const OUTAGE: Section = { page: 'docs/runbook.md', title: 'When one server of several is away' };
const GOT_503 = 'Some {{ $value | printf "%.0f" }} requests got 503 in five minutes';

/** A 503 storm that is put down to the outcome that dominates. */
function dominated(outcome: FetchFailure, label: string): Alert {
  const failed = grew(`aviso_ecpds_fetch_total{outcome="${label}"}`, window);
  return {
    name: `AvisoEcpds${outcome}`,
    expr: unless(all(STORM, `${failed} > 0`, `${failed} >= 0.99 * ${WORST}`), FEW),
    forSeconds: STORM_SECONDS,
    severity: 'page',
    summary: `${GOT_503}: ECPDS, mostly ${label}`,
    description: `Likely cause: ${FETCH_CAUSES[outcome].wrong}. Many users are refused.`,
    why: `${WHY_STORM} 0.99, because sums of the same numbers may differ in their last digit.`,
  };
}

export const NO_VERDICT_ALERTS: readonly Alert[] = [
  ...FETCH_FAILURES.map(({ outcome, label }) => dominated(outcome, label)),
  {
    name: 'AvisoEcpdsNoFetch',
    expr: unless(unless(STORM, `${grew(FAILED, window)} > 0`), FEW),
    forSeconds: STORM_SECONDS,
    severity: 'page',
    summary: `${GOT_503}, and no fetch has failed`,
    description:
      'ECPDS is slower than the proxy waits for a verdict, or lists are not fetched because too many wait already.',
    why: `${WHY_STORM} A fetch is counted when it ends, which may be after the request that wanted it.`,
  },
  {
    name: 'AvisoEcpdsFewUsers',
    expr: all(STORM, FEW),
    forSeconds: STORM_SECONDS,
    severity: 'ticket',
    summary: `${GOT_503}, all of them to one or two users`,
    description:
      'A client in a loop. By night it can be all there is of an outage: AvisoEcpdsServerDown tells the two apart.',
    why: 'The greatest figure of all processes, not their sum, which counts a user once for each process.',
  },
  {
    name: 'AvisoEcpdsServerDown',
    expr: 'count by (job, server_index) (aviso_ecpds_server_up == 0)',
    forSeconds: 300,
    severity: 'incident',
    summary:
      'The last answer of ECPDS server {{ $labels.server_index }} was a failure (processes: {{ $value }})',
    description:
      'Under strict every user without a cached list gets 503. Servers count from 0, in the order of the configuration. One process of several: look at its host first.',
    why: 'Five minutes, because a single failure stays the last answer until somebody asks again.',
    section: OUTAGE,
  },
  {
    name: 'AvisoEcpdsCircuitOpen',
    expr: 'count by (job, server_index) (aviso_ecpds_circuit_open == 1)',
    forSeconds: 60,
    severity: 'ticket',
    summary: 'ECPDS server {{ $labels.server_index }} is not asked at the moment (processes: {{ $value }})',
    description:
      'It failed several times in a row and is only probed. The circuit closes by itself with the first answer.',
    why: 'A minute is longer than one probe period as shipped (30 s): the first probe has failed.',
    section: OUTAGE,
  },
  {
    name: 'AvisoEcpdsFetchRejected',
    expr: `${grew('aviso_ecpds_fetch_rejected_total', window)} > 0`,
    forSeconds: 0,
    severity: 'incident',
    summary: 'Lists are not fetched because too many wait for ECPDS already',
    description: 'Users get 503 at once. ECPDS is slow or hangs, or far more users came than usual.',
    why: 'A single one means that thousands were waiting.',
  },
];
