import { FETCH_FAILURES } from '../../../src/domain/fetch-outcome.js';
import { growing, of, once, onJob, type RuleCase, type Samples, stays } from './case.js';

const decisions = (outcome: string, instance?: string): string =>
  of('aviso_ecpds_access_decisions_total', `outcome="${outcome}"`, instance);
const fetches = (outcome: string, instance?: string): string =>
  of('aviso_ecpds_fetch_total', `outcome="${outcome}"`, instance);
const users = (instance?: string): string =>
  of('aviso_ecpds_distinct_users', 'outcome="unavailable"', instance);

/** Two processes, of which neither has a storm of its own. */
const STORM: Samples = {
  [decisions('unavailable')]: growing(1),
  [decisions('unavailable', 'j')]: growing(1),
  [decisions('allow')]: growing(5),
  [users()]: stays(3),
  [users('j')]: stays(5),
};
const storm = (summary: string): RuleCase['fires'] =>
  onJob(`Some 10 requests got 503 in five minutes${summary}`);
const OTHERS = FETCH_FAILURES.map(({ label }) => label);

const byOutcome: readonly RuleCase[] = FETCH_FAILURES.flatMap(({ outcome, label }): RuleCase[] => {
  const alert = `AvisoEcpds${outcome}`;
  const other = OTHERS[(OTHERS.indexOf(label) + 1) % OTHERS.length] ?? '';
  const failing = { ...STORM, [fetches(label)]: growing(2), [fetches(other, 'j')]: growing(1) };
  return [
    {
      alert,
      name: `a 503 storm over two processes, mostly ${label}`,
      series: failing,
      at: '10m',
      fires: storm(`: ECPDS, mostly ${label}`),
    },
    {
      alert,
      name: `a 503 storm, mostly not ${label}`,
      series: { ...STORM, [fetches(label)]: growing(1), [fetches(other)]: growing(2) },
      at: '10m',
      fires: [],
    },
    { alert, name: `${label} for less than two minutes`, series: failing, at: '1m', fires: [] },
  ];
});

const FAILING = { ...STORM, [fetches('unreachable')]: growing(2) };

const unreachable = (name: string, series: Samples): RuleCase => ({
  alert: 'AvisoEcpdsUnreachable',
  name,
  series,
  at: '10m',
  fires: [],
});

const nearStorms: readonly RuleCase[] = [
  unreachable('a few requests at night, all of them 503', {
    [decisions('unavailable')]: '0x3 1x2 2x2 3x50',
    [fetches('unreachable')]: '0x3 1x2 2x2 3x50',
    [users()]: stays(3),
  }),
  unreachable('many 503, but far more that are served', { ...FAILING, [decisions('allow')]: growing(50) }),
  unreachable('one client in a loop', { ...FAILING, [users()]: stays(1), [users('j')]: stays(2) }),
  unreachable('fetches fail, and verdicts are had all the same, as under any_success', {
    [decisions('allow')]: growing(20),
    [fetches('unreachable')]: growing(20),
    [users()]: stays(0),
  }),
  {
    alert: 'AvisoEcpdsUnreachable',
    name: 'a storm where nobody counts users',
    series: {
      [decisions('unavailable')]: growing(2),
      [fetches('unreachable')]: growing(2),
      [fetches('success')]: growing(9),
    },
    at: '10m',
    fires: storm(': ECPDS, mostly unreachable'),
  },
];

const others: readonly RuleCase[] = [
  {
    alert: 'AvisoEcpdsNoFetch',
    name: 'a 503 storm while every fetch that ends is a success',
    series: { ...STORM, [fetches('success')]: growing(1), [fetches('unreachable')]: stays(7) },
    at: '10m',
    fires: storm(', and no fetch has failed'),
  },
  {
    alert: 'AvisoEcpdsNoFetch',
    name: 'a 503 storm with fetches that fail',
    series: FAILING,
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoEcpdsNoFetch',
    name: 'a 503 storm of one user, with no fetch that fails',
    series: { ...STORM, [users()]: stays(1), [users('j')]: stays(1) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoEcpdsFewUsers',
    name: 'one client in a loop, seen by two processes',
    series: { ...FAILING, [users()]: stays(2), [users('j')]: stays(2) },
    at: '10m',
    fires: storm(', all of them to one or two users'),
  },
  {
    alert: 'AvisoEcpdsFewUsers',
    name: 'a third user on one process',
    series: { ...FAILING, [users()]: stays(3), [users('j')]: stays(0) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'AvisoEcpdsFewUsers',
    name: 'one user who got a few 503',
    series: { ...FAILING, [decisions('unavailable')]: stays(4), [users()]: stays(1), [users('j')]: stays(1) },
    at: '10m',
    fires: [],
  },
];

const server = (name: string, index: number, instance?: string): string =>
  of(name, `server_index="${index}"`, instance);
const onServer = (index: string, summary: string): RuleCase['fires'] => [
  { labels: { job: 'authz', server_index: index }, summary },
];

const servers: readonly RuleCase[] = [
  {
    alert: 'AvisoEcpdsServerDown',
    name: 'the second server is down for two processes of three',
    series: {
      [server('aviso_ecpds_server_up', 0)]: stays(1),
      [server('aviso_ecpds_server_up', 1)]: stays(0),
      [server('aviso_ecpds_server_up', 1, 'j')]: stays(0),
      [server('aviso_ecpds_server_up', 1, 'k')]: stays(1),
    },
    at: '6m',
    fires: onServer('1', 'The last answer of ECPDS server 1 was a failure (processes: 2)'),
  },
  {
    alert: 'AvisoEcpdsServerDown',
    name: 'a server that fails for four minutes',
    series: { [server('aviso_ecpds_server_up', 0)]: '1x3 0x3 1x50' },
    at: '8m',
    fires: [],
  },
  {
    alert: 'AvisoEcpdsCircuitOpen',
    name: 'a circuit that two probes did not close',
    series: {
      [server('aviso_ecpds_circuit_open', 0)]: stays(1),
      [server('aviso_ecpds_circuit_open', 1)]: stays(0),
    },
    at: '2m',
    fires: onServer('0', 'ECPDS server 0 is not asked at the moment (processes: 1)'),
  },
  {
    alert: 'AvisoEcpdsCircuitOpen',
    name: 'a circuit that the first probe closed',
    series: { [server('aviso_ecpds_circuit_open', 0)]: '0x5 1 0x50' },
    at: '7m',
    fires: [],
  },
  {
    alert: 'AvisoEcpdsFetchRejected',
    name: 'one list that was not fetched',
    series: { [of('aviso_ecpds_fetch_rejected_total')]: once(1) },
    at: '7m',
    fires: onJob('Lists are not fetched because too many wait for ECPDS already'),
  },
  {
    alert: 'AvisoEcpdsFetchRejected',
    name: 'rejections of long ago',
    series: { [of('aviso_ecpds_fetch_rejected_total')]: stays(12) },
    at: '7m',
    fires: [],
  },
];

export const NO_VERDICT_CASES: readonly RuleCase[] = [...byOutcome, ...nearStorms, ...others, ...servers];
