import type { Paint } from '../../bench/report/paint.js';
import { columns } from '../../bench/report/table.js';
import type { Drill } from '../drill.js';
import type { Figures, Waits } from '../figures.js';

/** One column of a drill's table; left out where no run of the drill has anything to say. */
interface Column {
  readonly heading: string;
  /** Null: nothing to say. */
  readonly cell: (figures: Figures) => string | null;
}

const NOTHING = '-';
const count = (value: number): string => value.toLocaleString('en');
const orNull = (value: number, text: string): string | null => (value === 0 ? null : text);

/** Seconds, or milliseconds where seconds say nothing. */
export const shownMs = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
const shownWaits = (waits: Waits | null): string | null =>
  waits === null ? null : `${shownMs(waits.p99)} / ${shownMs(waits.worst)}`;
const shownAfter = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : shownMs(ms);

const COLUMNS: readonly Column[] = [
  { heading: 'protections', cell: ({ protections }) => protections },
  { heading: 'allowed', cell: ({ allowed }) => count(allowed) },
  { heading: '403', cell: ({ denied }) => count(denied) },
  {
    heading: '403 though listed',
    cell: ({ deniedThoughListed }) => orNull(deniedThoughListed, count(deniedThoughListed)),
  },
  { heading: '503', cell: ({ unavailable }) => orNull(unavailable, count(unavailable)) },
  { heading: 'wait of allowed, p99 / worst', cell: ({ allowedWait }) => shownWaits(allowedWait) },
  { heading: 'of 503', cell: ({ unavailableWait }) => shownWaits(unavailableWait) },
  { heading: 'of 503, circuit open', cell: ({ openWait }) => shownWaits(openWait) },
  { heading: 'waited for a list', cell: ({ waitedForList }) => count(waitedForList) },
  { heading: 'calls', cell: ({ upstream }) => count(upstream.calls) },
  { heading: 'per user, server, TTL', cell: ({ upstream }) => upstream.perTtl.toFixed(2) },
  { heading: 'at once', cell: ({ upstream }) => count(upstream.peak) },
  { heading: 'new verdict after', cell: ({ recovery }) => shownAfter(recovery?.servedAfter) },
  { heading: 'last 503 after', cell: ({ recovery }) => shownAfter(recovery?.lastUnavailableAfter) },
  { heading: 'circuit closed after', cell: ({ recovery }) => shownAfter(recovery?.noticedAfter) },
  { heading: 'revoked right used for', cell: ({ revocation }) => shownAfter(revocation?.usedFor) },
  {
    heading: 'revoked events',
    cell: ({ revocation }) => (revocation === null ? null : count(revocation.events)),
  },
];
const WRONG: Column = { heading: 'wrong allows', cell: ({ wrongAllows }) => count(wrongAllows) };

/** The cells of a drill's table, its headings first. */
export function cellsOf(runs: readonly Figures[]): readonly (readonly string[])[] {
  const shown = [...COLUMNS, WRONG].filter(({ cell }) => runs.some((run) => cell(run) !== null));
  return [
    shown.map(({ heading }) => heading),
    ...runs.map((run) => shown.map(({ cell }) => cell(run) ?? NOTHING)),
  ];
}

export interface DrillResult {
  readonly drill: Pick<Drill, 'name' | 'story'>;
  readonly runs: readonly Figures[];
}

/** Every drill with its story and its table, as text. */
export function reportOf(results: readonly DrillResult[], paint: Paint): string {
  const wrong = results.flatMap(({ runs }) => runs).reduce((sum, { wrongAllows }) => sum + wrongAllows, 0);
  const runs = results.reduce((sum, { runs }) => sum + runs.length, 0);
  const verdict = `${runs} runs, ${wrong} wrong allows`;
  return [
    ...results.map(({ drill, runs }) => `${drill.name}: ${drill.story}\n${columns(cellsOf(runs))}`),
    wrong === 0 ? paint.good(verdict) : paint.bad(verdict),
  ].join('\n\n');
}

/** The cells as Markdown, all columns but the first two to the right. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const [heading = [], ...rows] = cells;
  return [line(heading), line(heading.map((_, i) => (i < 2 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
