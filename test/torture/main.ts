import { availableParallelism } from 'node:os';
import { createProgress } from '../../tools/bench/progress.js';
import { paintFor } from '../../tools/bench/report/paint.js';
import { optionsOrUsage } from '../../tools/options-or-usage.js';
import { writeCommitted, writeCommittedMutants } from './committed.js';
import { areCaught, type MutantsResults } from './mutants/mutant.js';
import { runMutants } from './mutants/run-all.js';
import { type Options, readOptions, USAGE } from './options.js';
import { type Context, isGood } from './part.js';
import { PARTS } from './parts.js';
import { writeReliability } from './report/page.js';
import { mutantsReport, reportOf } from './report/table.js';
import { isPassed, type PartResult, resultsJson, type TortureResults, writePictures } from './results.js';
import { runPart } from './run-part.js';
import { SecretWatch } from './secrets/watch.js';

/** The command `npm run torture`; its options are in `options.ts`. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const progress = createProgress(process.stderr, () => performance.now());

const isTerminal = (): boolean => process.stdout.isTTY;
const today = (): string => new Date().toISOString().slice(0, 10);

async function tortureParts(options: Options): Promise<number> {
  const secrets = new SecretWatch();
  const parts = await runParts(options, secrets);
  const results: TortureResults = {
    command: commandOf(options),
    date: today(),
    seed: options.seed,
    size: options.size,
    machine: { cores: availableParallelism(), node: process.versions.node },
    parts,
    secrets: { looked: Object.fromEntries(secrets.looked()), known: secrets.known(), leaks: secrets.leaks },
  };
  progress.done();
  const passed = isPassed(results);
  if (options.accept && passed) {
    writeCommitted(results);
    writePictures(results);
    writeReliability('write');
  }
  say(options.json ? resultsJson(results) : reportOf(results, paintFor(isTerminal(), process.env)));
  return passed ? 0 : 1;
}

async function tortureMutants(options: Options): Promise<number> {
  const mutants = await runMutants({ ...options, say: progress.say });
  const results: MutantsResults = { command: commandOf(options), date: today(), mutants };
  progress.done();
  const passed = areCaught(results);
  if (options.accept && passed) {
    writeCommittedMutants(results);
    writeReliability('write');
  }
  const report = mutantsReport(mutants, paintFor(isTerminal(), process.env));
  say(options.json ? JSON.stringify(results, null, 2) : report);
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

const commandOf = ({ size, seed, mutants, only }: Options): string =>
  [
    'npm run torture --',
    ...(size === 'short' ? ['--short'] : []),
    ...(mutants ? ['--mutants'] : []),
    ...only.flatMap((name) => ['--only', name]),
    `--seed ${seed}`,
  ].join(' ');

const options = optionsOrUsage(readOptions, USAGE);
if (options === 'help') say(USAGE);
// Exits by itself: a part that left something running would hold the process.
else if (options === null) process.exit(2);
else process.exit(await (options.mutants ? tortureMutants(options) : tortureParts(options)));
