import type { MetricValue } from 'prom-client';
import { CHECK_OUTCOME_LABELS } from '../domain/check-outcome.js';
import { FETCH_OUTCOME_LABELS } from '../domain/fetch-outcome.js';
import type { Activity } from '../triage/situation.js';
import { SLOW } from '../triage/thresholds.js';
import type { Metrics } from './metrics.js';

/** Everything that is counted, since the start of the process or within a stretch of it. */
export type Totals = Required<Omit<Activity, 'seconds'>>;

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

/** Reads the counters alone: nothing that a scrape would have to collect, such as gauges and users. */
export async function readTotals(metrics: Metrics): Promise<Totals> {
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
export const NOTHING_COUNTED: Totals = {
  ...record(SCALARS, () => 0),
  decisions: record(CHECK_OUTCOME_LABELS, () => 0),
  fetches: record(FETCH_OUTCOME_LABELS, () => 0),
  authRequests: {},
  statuses: {},
};

/** What was counted between two readings. */
export function grownSince(earlier: Totals, later: Totals): Totals {
  return {
    ...record(SCALARS, (name) => later[name] - earlier[name]),
    decisions: record(
      CHECK_OUTCOME_LABELS,
      (outcome) => later.decisions[outcome] - earlier.decisions[outcome],
    ),
    fetches: record(FETCH_OUTCOME_LABELS, (outcome) => later.fetches[outcome] - earlier.fetches[outcome]),
    authRequests: differences(later.authRequests, earlier.authRequests),
    statuses: differences(later.statuses, earlier.statuses),
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

/** What grew, without what did not. */
function differences(
  later: Readonly<Record<string, number>>,
  earlier: Readonly<Record<string, number>>,
): Record<string, number> {
  const grown = Object.entries(later).map(([key, count]) => [key, count - (earlier[key] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}

/** All, without those up to the bucket's bound. */
function slowOf(durations: readonly Value[]): number {
  const all = durations.filter(({ metricName }) => metricName?.endsWith('_count'));
  const quick = durations.filter(
    ({ metricName, labels }) => metricName?.endsWith('_bucket') && Number(labels['le']) === SLOW.seconds,
  );
  return sum(all) - sum(quick);
}

function record<K extends string>(keys: readonly K[], countOf: (key: K) => number): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, countOf(key)])) as Record<K, number>;
}
