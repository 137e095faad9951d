/** So many letters may be wrong at most. */
const MOST = 3;

/** The known name that a mistyped one most likely stands for, or null when none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  if (typed.length > 64) return null;
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  // So different in length, they cannot be near: a file may hold a hundred thousand keys.
  const near = known
    .filter((name) => Math.abs(name.length - typed.length) <= MOST)
    .map((name) => ({ name, distance: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= Math.min(allowed, MOST))
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.name ?? null;
}

/** How many letters must be added, dropped, changed, or swapped with their neighbour. */
function distance(one: string, other: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let index = 1; index <= one.length; index += 1) {
    const next = [index];
    for (let at = 1; at <= other.length; at += 1) {
      const changed = one[index - 1] === other[at - 1] ? 0 : 1;
      const swapped = one[index - 1] === other[at - 2] && one[index - 2] === other[at - 1];
      const best = Math.min((row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, (row[at - 1] ?? 0) + changed);
      next.push(swapped ? Math.min(best, (before[at - 2] ?? 0) + 1) : best);
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}
