/** One line or group of lines of a panel. */
export interface Query {
  /** PromQL. `$job` and `$instance` are what is chosen at the top of the dashboard. */
  readonly expr: string;
  /** What a line is called, with labels as `{{outcome}}`. */
  readonly legend: string;
}

/** One panel: what it shows, and what to make of it. */
export interface Panel {
  readonly title: string;
  /** Goes on after the name of the section. */
  readonly says: string;
  readonly queries: readonly Query[];
  /** Of Grafana: `short` for counts, `percentunit` for shares, `s` for seconds. */
  readonly unit: 'short' | 'percentunit' | 's';
  /** From this value on it is red; where a threshold of `src/triage/thresholds.ts` matches, that one. */
  readonly redFrom?: number;
  /** Red is what is less than that. */
  readonly redBelow?: number;
  /** Parts of a whole. */
  readonly stacked?: boolean;
}

/** The processes that are chosen. */
export const CHOSEN = 'job=~"$job",instance=~"$instance"';

/** A series of the chosen processes: `chosen('aviso_auth_requests_total', 'mode="direct"')`. */
export const chosen = (name: string, matchers = ''): string =>
  `${name}{${CHOSEN}${matchers === '' ? '' : `,${matchers}`}}`;

/** How much a counter of the chosen processes grew, by labels or in all. */
export function grown(series: string, window: string, by = '', offset = ''): string {
  const range = offset === '' ? `[${window}]` : `[${window}] offset ${offset}`;
  return `sum${by === '' ? ' ' : ` by (${by}) `}(increase(${series}${range}))`;
}

/** A share of a whole; nothing of nothing. */
export const shareOf = (part: string, whole: string): string => `${part} / (${whole} > 0)`;
