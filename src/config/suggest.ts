/** The known name that a mistyped one most likely stands for, or null when none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  if (typed.length > 64) return null;
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  const near = known
    .map((name) => ({ name, distance: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= Math.min(allowed, 3))
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.name ?? null;
}

/** How many letters must be added, dropped, changed, or swapped with their neighbour. */
function distance(one: string, other: string): number {
  const table = Array.from({ length: one.length + 1 }, (_, row) =>
    Array.from({ length: other.length + 1 }, (__, column) => (row === 0 ? column : column === 0 ? row : 0)),
  );
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    for (let column = 1; column <= other.length; column += 1) {
      const changed = one[row - 1] === other[column - 1] ? 0 : 1;
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const best = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + changed,
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      table[row]?.splice(column, 1, best);
    }
  }
  return at(one.length, other.length);
}
