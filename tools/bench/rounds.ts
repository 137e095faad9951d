/** Things to measure, by name. */
export type Contestants<N extends string, T> = Readonly<Record<N, () => Promise<T>>>;

export type Measured<N extends string, T> = Readonly<Record<N, readonly T[]>>;

/**
 * Measures every contestant once per round, and turns the order round with each, so that neither a machine that grows
 * slower nor a neighbour always hits the same one.
 */
export async function interleaved<N extends string, T>(
  contestants: Contestants<N, T>,
  rounds: number,
  onRound: (name: N, round: number) => void,
): Promise<Measured<N, T>> {
  const names = Object.keys(contestants) as N[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<N, T[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      onRound(name, round);
      measured[name].push(await contestants[name]());
    }
  }
  return measured;
}
