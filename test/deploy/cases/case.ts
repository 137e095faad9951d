/** Series as promtool takes them, by name and labels: its samples in promtool's notation. */
export type Samples = Readonly<Record<string, string>>;

/** Samples, and what an alert makes of them at a time. */
export interface RuleCase {
  readonly alert: string;
  /** What is the matter, as a sentence. */
  readonly name: string;
  readonly series: Samples;
  /** When it is looked at, as promtool writes times: `10m`. */
  readonly at: string;
  /** Minutes between samples, and then twice as many between evaluations; one minute of both unless given. */
  readonly everyMinutes?: 15;
  /** Empty: it does not fire. Labels without `severity`. */
  readonly fires: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
  }[];
}

/** A series of one process of the job `authz`, with labels written as in PromQL: `outcome="allow"`. */
export const of = (name: string, labels = '', instance = 'i'): string =>
  `${name}{job="authz",instance="${instance}"${labels === '' ? '' : `,${labels}`}}`;

/** A counter that grows by so much a minute, for an hour. */
export const growing = (perMinute: number): string => `0+${perMinute}x60`;

/** A counter that grows by `by` once, after five minutes. */
export const once = (by: number): string => `0x5 ${by}x55`;

/** A gauge that stays as it is, for an hour. */
export const stays = (value: number): string => `${value}x60`;

/** It fires on the job as a whole. */
export const onJob = (summary: string): RuleCase['fires'] => [{ labels: { job: 'authz' }, summary }];

/** It fires on one process. */
export const onInstance = (summary: string, instance = 'i'): RuleCase['fires'] => [
  { labels: { job: 'authz', instance }, summary },
];
