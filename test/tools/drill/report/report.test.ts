import { readFileSync } from 'node:fs';
import t from 'tap';
import { PLAIN } from '../../../../tools/bench/report/paint.js';
import { figuresOf } from '../../../../tools/drill/figures.js';
import type { ProtectionsName } from '../../../../tools/drill/protections.js';
import { chartOf, DRAWN } from '../../../../tools/drill/report/chart.js';
import { type DrillResult, reportOf } from '../../../../tools/drill/report/table.js';
import { runDrill } from '../../../../tools/drill/run.js';
import { ROOT } from '../../../docs/pages.js';
import { drillNamed } from '../../../helpers/drills.js';

const SETS: readonly ProtectionsName[] = ['no caps', 'default', 'refresh_ahead', 'circuit_breaker'];

/** The drills of the picture, with few users. */
async function results(): Promise<DrillResult[]> {
  const found: DrillResult[] = [];
  for (const name of ['steady', 'hanging', 'storm', 'revocation'] as const) {
    const drill = { ...drillNamed(name), users: 10 };
    const runs = [];
    for (const protections of SETS)
      runs.push(figuresOf(drill, protections, await runDrill({ drill, protections, seed: 1 })));
    found.push({ drill, runs });
  }
  return found;
}

t.test('results as a table and as a picture', async (t) => {
  const found = await results();
  t.same(new Set(found.map(({ drill }) => drill.name)), DRAWN);

  const text = reportOf(found, PLAIN);
  t.match(text, /^hanging: One server takes calls and never answers/m);
  t.match(text, /^circuit_breaker +\d+ /m);
  t.match(text, /16 runs, 0 wrong allows$/);
  const [steady = '', hanging = ''] = text.split('\n\n');
  t.match(hanging, 'last 503 after');
  t.notMatch(steady, 'last 503 after', 'a column with nothing in it is left out');
  const [first, ...others] = found;
  if (first === undefined) throw new Error('no results');
  const wrong = { ...first, runs: first.runs.map((run) => ({ ...run, wrongAllows: 2 })) };
  t.match(reportOf([wrong, ...others], PLAIN), /16 runs, 8 wrong allows$/);

  const svg = chartOf(found);
  t.equal(svg, chartOf(found), 'the same results make the same picture');
  t.notMatch(svg, /NaN|Infinity|undefined/);
  t.throws(() => chartOf(others), { message: 'the picture needs the drill steady' });
  t.same(coloursWithoutCounterpart(svg), []);
});

t.test('the picture in docs has a counterpart for every colour, too', async (t) => {
  const svg = readFileSync(`${ROOT}docs/drill.svg`, 'utf8');
  t.same(coloursWithoutCounterpart(svg), []);
  for (const words of ['with circuit_breaker', 'with refresh_ahead', 'max_concurrent_fetches: 64'])
    t.match(svg, words);
});

function coloursWithoutCounterpart(svg: string): string[] {
  const colours = new Set([...svg.matchAll(/(?:fill|stroke)="(#[0-9a-f]{3,6})"/g)].map(([, of = '']) => of));
  return [...colours].filter((colour) => colour !== '#000' && !svg.includes(`="${colour}"] { `));
}
