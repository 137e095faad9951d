/** The middle of some measurements, with the lowest and the highest of them. */
export interface Spread {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** @throws for no values at all */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (lower === undefined || upper === undefined) throw new Error('no median of nothing');
  return (lower + upper) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    value: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    rounds: values.length,
  };
}

/** Round by round, so that a disturbance which hits both sides of one round cancels out. */
export function ratios(subject: readonly number[], reference: readonly number[]): readonly number[] {
  if (subject.length !== reference.length) throw new Error('rounds without a partner');
  return subject.map((value, round) => value / (reference[round] ?? Number.NaN));
}
