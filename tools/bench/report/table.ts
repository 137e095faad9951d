import { type Figure, labelOf, type Unit, unitOf } from '../figures.js';
import type { Gate, Verdict } from '../gates.js';
import type { Curve } from '../growth.js';
import type { Results } from '../results.js';
import type { Profile, Share } from './cpu-profile.js';
import type { Paint } from './paint.js';

const DIGITS: Record<Unit, number> = { ratio: 2, 'requests/s': 0, ms: 2, µs: 1, MB: 1, KB: 1 };

/** A value in its unit; ratios have none. */
export const shown = (value: number, unit: Unit): string =>
  value.toFixed(DIGITS[unit]) + (unit === 'ratio' ? '' : ` ${unit}`);

/** `at least 0.90` */
export const shownAim = ({ figure, kind, aim }: Gate): string =>
  `${kind === 'at_least' ? 'at least' : 'at most'} ${shown(aim, unitOf(figure))}`;

/** Everything that one run found, as text. */
export function reportOf(results: Results, verdicts: readonly Verdict[], paint: Paint): string {
  const { figures, curves } = results;
  return [
    ...(figures.length === 0 ? [] : [figureTable(figures)]),
    ...curves.map(curveTable),
    ...(verdicts.length === 0 ? [] : [gateTable(verdicts, paint)]),
  ].join('\n\n');
}

const curveTable = ({ axis, points }: Curve): string =>
  columns([
    [axis, 'requests/s / bare route', 'memory'],
    ...points.map(({ x, throughput, memoryMb }) => [
      String(x),
      shown(throughput, 'ratio'),
      shown(memoryMb, 'MB'),
    ]),
  ]);

/** Columns under headings, aligned; all but the first two to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string =>
    column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ id, value, low, high, rounds }) => {
    const unit = unitOf(id);
    const spread = `${low.toFixed(DIGITS[unit])} to ${high.toFixed(DIGITS[unit])}`;
    return [id, labelOf(id), shown(value, unit), spread, String(rounds)];
  });
  return columns([['figure', 'what', 'median', 'spread', 'rounds'], ...rows]);
}

export function gateTable(verdicts: readonly Verdict[], paint: Paint): string {
  const rows = verdicts.map(({ gate, value, met, before, regressed }) => {
    const unit = unitOf(gate.figure);
    const last = before === null ? 'no committed value' : `committed ${shown(before, unit)}`;
    const verdict = regressed ? paint.bad('REGRESSED') : met ? paint.good('met') : paint.warn('not met');
    return [gate.figure, shownAim(gate), shown(value, unit), last, verdict];
  });
  return columns([['gate', 'aim', 'value', 'before', ''], ...rows]);
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
