import { FIGURES, type Figure, type FigureId, isFigureId, labelOf, unitOf } from '../figures.js';
import { GATES, judge } from '../gates.js';
import type { Curve } from '../growth.js';
import type { PartName } from '../parts.js';
import type { Results } from '../results.js';
import { shown, shownAim } from './table.js';

/** The generated blocks of `docs/performance.md`: the machine, the aims, and one for each part. */
type Block = 'machine' | 'aims' | PartName;

const BLOCK = /(<!-- begin: (\w+), from bench\/results\.json, do not edit -->\n)[\s\S]*?(<!-- end -->)/g;

/** The page with every block as the results have it. */
export function performancePage(page: string, results: Results): string {
  const blocks = blocksOf(results);
  return page.replace(BLOCK, (_all, begin: string, name: string, end: string) => {
    const block = Object.hasOwn(blocks, name) ? blocks[name as Block] : undefined;
    if (block === undefined) throw new Error(`docs/performance.md has a block ${name} that nobody writes`);
    return `${begin}\n${block}\n\n${end}`;
  });
}

function blocksOf(results: Results): Record<Block, string> {
  const part = (name: PartName): string => figureTable(name, results.figures);
  return {
    machine: machineLine(results),
    aims: aimTable(results.figures),
    envoy: part('envoy'),
    direct: part('direct'),
    users: part('users'),
    memory: part('memory'),
    isolation: part('isolation'),
    growth: results.curves.map(curveTable).join('\n\n'),
  };
}

function machineLine({ command, date, machine }: Results): string {
  const { cores, cpu, memoryGb, node, envoy, nginx, wrk, pinned } = machine;
  const cpus = `${cores} cores (${cpu}), ${memoryGb} GB`;
  const versions = `Node ${node}, Envoy ${envoy}, nginx ${nginx}, wrk ${wrk}`;
  const cores2 = pinned ? 'a core each for server and load where no proxy is between' : 'no core of its own';
  return `\`${command}\` on ${date}: ${cpus}; ${versions}; ${cores2}.`;
}

function aimTable(figures: readonly Figure[]): string {
  const verdicts = new Map(judge(figures, []).map((verdict) => [verdict.gate.figure, verdict]));
  const rows = GATES.map((gate) => {
    const verdict = verdicts.get(gate.figure);
    const value = verdict === undefined ? 'not measured' : shown(verdict.value, unitOf(gate.figure));
    const met = verdict === undefined ? '' : verdict.met ? 'yes' : 'no';
    return [labelOf(gate.figure), shownAim(gate), value, met, gate.guarded ? 'yes' : 'no'];
  });
  return table(['figure', 'aim', 'measured', 'met', 'guarded'], rows);
}

function figureTable(part: PartName, figures: readonly Figure[]): string {
  const ids = Object.keys(FIGURES)
    .filter(isFigureId)
    .filter((id) => id.startsWith(`${part}.`));
  return table(
    ['figure', 'median', 'lowest', 'highest', 'rounds'],
    ids.map((id) =>
      rowOf(
        id,
        figures.find((figure) => figure.id === id),
      ),
    ),
  );
}

function rowOf(id: FigureId, figure: Figure | undefined): string[] {
  if (figure === undefined) return [labelOf(id), 'not measured', '', '', ''];
  const { value, low, high, rounds } = figure;
  const cell = (number: number): string => shown(number, unitOf(id));
  return [labelOf(id), cell(value), cell(low), cell(high), String(rounds)];
}

const curveTable = ({ axis, points }: Curve): string =>
  table(
    [axis, 'requests/s / bare route', 'live data'],
    points.map(({ x, throughput, memoryMb }) => [
      x.toLocaleString('en'),
      shown(throughput, 'ratio'),
      shown(memoryMb, 'MB'),
    ]),
  );

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}
