import type { MetricValue } from 'prom-client';
import { CHECK_OUTCOME_LABELS } from '../domain/check-outcome.js';
import { FETCH_OUTCOME_LABELS } from '../domain/fetch-outcome.js';
import { AUTH_MODES } from '../identity/resolver.js';
import type { Activity } from '../triage/situation.js';
import { SLOW } from '../triage/thresholds.js';
import type { Metrics } from './metrics.js';
import { AUTH_OUTCOMES, STATUSES } from './vocabulary.js';

/** Everything that is counted, since the start of the process or within a stretch of it. */
export type Counts = Required<Omit<Activity, 'seconds'>>;

/** The same as numbers in the order of the tables: some hundred of them are kept, in a tenth of the memory. */
export interface Totals {
  readonly scalars: readonly number[];
  readonly decisions: readonly number[];
  readonly fetches: readonly number[];
  readonly authRequests: readonly number[];
  readonly statuses: readonly number[];
}

const SCALARS = [
  'cacheHits',
  'cacheMisses',
  'rejectedFetches',
  'skippedRecords',
  'revokedGrants',
  'reloadFailures',
  'droppedLogLines',
  'backgroundErrors',
  'slowDecisions',
] as const;
type Scalar = (typeof SCALARS)[number];
const AUTH_KEYS = AUTH_MODES.flatMap((mode) => AUTH_OUTCOMES.map((outcome) => `${mode} ${outcome}`));
const STATUS_KEYS = STATUSES.map(String);

/** Reads the counters alone: nothing that a scrape would have to collect, such as gauges and users. */
export async function readCounts(metrics: Metrics): Promise<Counts> {
  const decisions = await valuesOf(metrics.decisions);
  const fetches = await valuesOf(metrics.fetches);
  const reloads = await valuesOf(metrics.reloads);
  const scalars: Record<Scalar, number> = {
    cacheHits: sum(await valuesOf(metrics.cacheHits)),
    cacheMisses: sum(await valuesOf(metrics.cacheMisses)),
    rejectedFetches: sum(await valuesOf(metrics.rejectedFetches)),
    skippedRecords: sum(await valuesOf(metrics.servers.skippedRecords)),
    revokedGrants: sum(await valuesOf(metrics.revokedGrants)),
    reloadFailures: sum(reloads.filter(({ labels }) => labels['outcome'] === 'failure')),
    droppedLogLines: sum(await valuesOf(metrics.droppedLogLines)),
    backgroundErrors: sum(await valuesOf(metrics.backgroundErrors)),
    slowDecisions: slowOf(await valuesOf(metrics.requestDuration)),
  };
  return {
    ...scalars,
    decisions: record(CHECK_OUTCOME_LABELS, (outcome) => sum(havingLabel(decisions, 'outcome', outcome))),
    fetches: record(FETCH_OUTCOME_LABELS, (outcome) => sum(havingLabel(fetches, 'outcome', outcome))),
    authRequests: byKey(
      await valuesOf(metrics.authRequests),
      ({ labels }) => `${labels['mode']} ${labels['outcome']}`,
    ),
    statuses: byKey(await valuesOf(metrics.requests), ({ labels }) => `${labels['status']}`),
  };
}

/** What is counted at the start of the process. */
export const NOTHING_COUNTED: Counts = {
  ...record(SCALARS, () => 0),
  decisions: record(CHECK_OUTCOME_LABELS, () => 0),
  fetches: record(FETCH_OUTCOME_LABELS, () => 0),
  authRequests: {},
  statuses: {},
};

export const compact = (counts: Counts): Totals => ({
  scalars: SCALARS.map((name) => counts[name]),
  decisions: CHECK_OUTCOME_LABELS.map((outcome) => counts.decisions[outcome]),
  fetches: FETCH_OUTCOME_LABELS.map((outcome) => counts.fetches[outcome]),
  authRequests: AUTH_KEYS.map((key) => counts.authRequests[key] ?? 0),
  statuses: STATUS_KEYS.map((status) => counts.statuses[status] ?? 0),
});

/** What was counted between two readings. */
export function grownSince(earlier: Totals, later: Totals): Counts {
  const grown = (group: keyof Totals) => (_key: string, index: number) =>
    (later[group][index] ?? 0) - (earlier[group][index] ?? 0);
  return {
    ...record(SCALARS, grown('scalars')),
    decisions: record(CHECK_OUTCOME_LABELS, grown('decisions')),
    fetches: record(FETCH_OUTCOME_LABELS, grown('fetches')),
    authRequests: nonZero(AUTH_KEYS, grown('authRequests')),
    statuses: nonZero(STATUS_KEYS, grown('statuses')),
  };
}

interface Value extends Pick<MetricValue<string>, 'labels' | 'value'> {
  /** Of a histogram: with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

interface Readable {
  get(): Promise<{ readonly values: readonly Value[] }>;
}

const valuesOf = async (metric: Readable): Promise<readonly Value[]> => (await metric.get()).values;

const sum = (values: readonly Value[]): number => values.reduce((total, { value }) => total + value, 0);

const havingLabel = (values: readonly Value[], label: string, wanted: string): readonly Value[] =>
  values.filter(({ labels }) => labels[label] === wanted);

/** Counts by a key, without those that are zero. */
function byKey(values: readonly Value[], keyOf: (value: Value) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) {
    if (value.value === 0) continue;
    const key = keyOf(value);
    counts[key] = (counts[key] ?? 0) + value.value;
  }
  return counts;
}

/** All, without those up to the bucket's bound. */
function slowOf(durations: readonly Value[]): number {
  const all = durations.filter(({ metricName }) => metricName?.endsWith('_count'));
  const quick = durations.filter(
    ({ metricName, labels }) => metricName?.endsWith('_bucket') && Number(labels['le']) === SLOW.seconds,
  );
  return sum(all) - sum(quick);
}

/** Written key by key, since a look at the history makes some hundred of them. */
function record<K extends string>(
  keys: readonly K[],
  countOf: (key: K, index: number) => number,
): Record<K, number> {
  const counts: Partial<Record<K, number>> = {};
  for (const [index, key] of keys.entries()) counts[key] = countOf(key, index);
  return counts as Record<K, number>;
}

function nonZero(
  keys: readonly string[],
  countOf: (key: string, index: number) => number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [index, key] of keys.entries()) {
    const count = countOf(key, index);
    if (count !== 0) counts[key] = count;
  }
  return counts;
}
