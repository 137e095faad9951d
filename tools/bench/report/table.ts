import type { Figure, Unit } from '../figures.js';
import type { Profile, Share } from './cpu-profile.js';

const DIGITS: Record<Unit, number> = { ratio: 2, 'requests/s': 0, ms: 2, MB: 1, KB: 0 };

export const shown = (value: number, unit: Unit): string => value.toFixed(DIGITS[unit]);

/** Columns under headings, aligned; numbers, that is all but the first column, to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ id, label, unit, value, low, high, rounds }) => [
    id,
    label,
    `${shown(value, unit)} ${unit}`,
    `${shown(low, unit)} to ${shown(high, unit)}`,
    String(rounds),
  ]);
  return columns([['figure', 'what', 'median', 'spread', 'rounds'], ...rows]);
}

export function profileTable(profile: Profile, lines: number): string {
  const perRequest = (profile.busyMicros / profile.requests).toFixed(1);
  const rows = (shares: readonly Share[]): string[][] =>
    shares
      .slice(0, lines)
      .map(({ name, micros, share }) => [name, micros.toFixed(2), `${(share * 100).toFixed(1)} %`]);
  return [
    `${profile.requests} requests, ${perRequest} microseconds each while sampled (self time below)`,
    columns([['function', 'us/request', 'share'], ...rows(profile.functions)]),
    columns([['package', 'us/request', 'share'], ...rows(profile.packages)]),
  ].join('\n\n');
}
