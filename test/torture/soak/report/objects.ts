import type { Objects } from '../watch/inspector.js';

export const total = (objects: Objects): number =>
  Object.values(objects).reduce((sum, count) => sum + count, 0);

/** How many more there are of each class, most first. */
export const growth = (before: Objects, after: Objects): readonly (readonly [name: string, more: number])[] =>
  Object.entries(after)
    .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
    .filter(([, more]) => more > 0)
    .sort(([, a], [, b]) => b - a);
