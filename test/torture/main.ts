import { availableParallelism } from 'node:os';
import { createProgress } from '../../tools/bench/progress.js';
import { paintFor } from '../../tools/bench/report/paint.js';
import { optionsOrUsage } from '../../tools/options-or-usage.js';
import { MUTANTS } from './mutants/list.js';
import type { MutantResult } from './mutants/mutant.js';
import { runMutant } from './mutants/run.js';
import { type Options, readOptions, USAGE } from './options.js';
import { type Context, isGood } from './part.js';
import { PARTS } from './parts.js';
import { writeReliability } from './report/page.js';
import { reportOf } from './report/table.js';
import {
  isPassed,
  type PartResult,
  resultsJson,
  type TortureResults,
  writeCommitted,
  writePictures,
} from './results.js';
import { runPart } from './run-part.js';
import { SecretWatch } from './secrets/watch.js';

/** The command `npm run torture`; its options are in `options.ts`. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const progress = createProgress(process.stderr, () => performance.now());

async function main(options: Options): Promise<number> {
  const secrets = new SecretWatch();
  const parts = await runParts(options, secrets);
  const results: TortureResults = {
    command: commandOf(options),
    date: new Date().toISOString().slice(0, 10),
    seed: options.seed,
    size: options.size,
    machine: { cores: availableParallelism(), node: process.versions.node },
    parts,
    secrets: { looked: Object.fromEntries(secrets.looked()), known: secrets.known(), leaks: secrets.leaks },
    mutants: options.mutants ? await runMutants(options) : [],
  };
  progress.done();
  const passed = isPassed(results);
  if (options.accept && passed) {
    writeCommitted(results);
    writeReliability(results, 'write');
    writePictures(results);
  }
  say(options.json ? resultsJson(results) : reportOf(results, paintFor(process.stdout.isTTY, process.env)));
  return passed ? 0 : 1;
}

async function runParts({ only, seed, size }: Options, secrets: SecretWatch): Promise<PartResult[]> {
  const results: PartResult[] = [];
  for (const part of PARTS.filter(({ name }) => only.length === 0 || only.includes(name))) {
    progress.say(`${part.name}, seed ${seed}`);
    const context: Context = { seed, size, secrets, say: (line) => progress.say(`${part.name}: ${line}`) };
    const result = await runPart(part, context);
    if (!isGood(result.outcome))
      progress.say(`${part.name}: ${result.outcome.failures[0]?.what ?? 'FAILED'}\n`);
    results.push(result);
  }
  return results;
}

async function runMutants({ only, seed }: Options): Promise<MutantResult[]> {
  const results: MutantResult[] = [];
  for (const mutant of MUTANTS.filter(({ caughtBy }) => only.length === 0 || only.includes(caughtBy))) {
    progress.say(`broken: ${mutant.name}`);
    results.push(await runMutant(mutant, seed));
  }
  return results;
}

const commandOf = ({ size, seed, mutants }: Options): string =>
  [
    'npm run torture --',
    ...(size === 'short' ? ['--short'] : []),
    ...(mutants ? ['--mutants'] : []),
    `--seed ${seed}`,
  ].join(' ');

const options = optionsOrUsage(readOptions, USAGE);
if (options === 'help') say(USAGE);
// Exits by itself: a part that left something running would hold the process.
else process.exit(options === null ? 2 : await main(options));
