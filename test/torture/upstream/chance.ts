import { between, type Random, seeded } from '../../../tools/drill/random.js';

/** Choices that follow from a seed. */
export interface Chance {
  readonly random: Random;
  /** A whole number of the range, both ends included. */
  int(low: number, high: number): number;
  /** True once in so many times. */
  oneIn(count: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** So many of them, in any order; fewer when there are fewer. */
  some<T>(items: readonly T[], count: number): T[];
}

/** @param stream tells runs of one seed apart, such as the number of a scenario */
export function chanceOf(seed: number, stream: number): Chance {
  const random = seeded((Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0);
  const int = (low: number, high: number): number => between(random, [low, high]);
  return {
    random,
    int,
    oneIn: (count) => random() * count < 1,
    pick<T>(items: readonly T[]): T {
      const [item] = items.slice(int(0, items.length - 1));
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    some<T>(items: readonly T[], count: number): T[] {
      return items
        .map((item) => ({ item, at: random() }))
        .sort((one, other) => one.at - other.at)
        .slice(0, count)
        .map(({ item }) => item);
    },
  };
}
