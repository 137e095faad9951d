import { writeFileSync } from 'node:fs';
import { createProgress } from '../bench/progress.js';
import { paintFor } from '../bench/report/paint.js';
import { optionsOrUsage } from '../options-or-usage.js';
import { DRILLS } from './drill.js';
import { type Figures, figuresOf } from './figures.js';
import { type Options, readOptions, USAGE } from './options.js';
import { setsOf } from './protections.js';
import { chartOf, DRAWN } from './report/chart.js';
import { summaryOf } from './report/summary.js';
import { type DrillResult, reportOf } from './report/table.js';
import { runDrill } from './run.js';

/** The command `npm run drill`; its options are in `options.ts`. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const progress = createProgress(process.stderr, () => performance.now());

async function main(options: Options): Promise<number> {
  const results: DrillResult[] = [];
  for (const drill of DRILLS.filter(({ name }) => isWanted(name, options))) {
    const runs: Figures[] = [];
    for (const protections of setsOf(drill.name)) {
      progress.say(`${drill.name}, ${protections}`);
      runs.push(figuresOf(drill, protections, await runDrill({ drill, protections, seed: options.seed })));
    }
    results.push({ drill, runs });
  }
  progress.done();
  if (options.out !== null) writeFileSync(options.out, chartOf(results));
  say(shown(results, options));
  return results.some(({ runs }) => runs.some(({ wrongAllows }) => wrongAllows > 0)) ? 1 : 0;
}

/** What the picture shows is run for it, whatever else is. */
const isWanted = (name: Figures['drill'], { only, out }: Options): boolean =>
  only.length === 0 || only.some((wanted) => wanted === name) || (out !== null && DRAWN.has(name));

function shown(results: readonly DrillResult[], { json, markdown, seed }: Options): string {
  if (json) return JSON.stringify({ seed, results }, null, 2);
  return markdown ? summaryOf(results) : reportOf(results, paintFor(process.stdout.isTTY, process.env));
}

const options = optionsOrUsage(readOptions, USAGE);
if (options === 'help') say(USAGE);
else process.exitCode = options === null ? 2 : await main(options);
