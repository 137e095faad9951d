/** The labels that rules are grouped by: all processes of a job, or one process. */
export type Grouping = 'job' | 'job, instance' | 'job, server_index';

/**
 * How much a counter grew.
 * @param window as Prometheus writes it: `5m`
 * @param offset how long ago: `1d`
 */
export function grew(selector: string, window: string, by: Grouping = 'job', offset?: string): string {
  const range = offset === undefined ? `[${window}]` : `[${window}] offset ${offset}`;
  return `sum by (${by}) (increase(${selector}${range}))`;
}

/** Conditions of which all must hold; the first gives the alert its value and labels. */
export const all = (...conditions: readonly string[]): string => conditions.join('\nand\n');

/** The first condition, unless the second holds. */
export const unless = (condition: string, exception: string): string => `${condition}\nunless\n${exception}`;
