import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { createProgress } from '../../tools/bench/progress.js';
import { paintFor } from '../../tools/bench/report/paint.js';
import { optionsOrUsage } from '../../tools/options-or-usage.js';
import { writeCommitted, writeCommittedMutants } from './committed.js';
import { areCaught, type MutantsResults } from './mutants/mutant.js';
import { runMutants } from './mutants/run-all.js';
import { type Options, readOptions, USAGE } from './options.js';
import { type Context, isGood, type Part } from './part.js';
import { PARTS } from './parts.js';
import { writeReliability } from './report/page.js';
import { mutantsReport, reportOf } from './report/table.js';
import {
  isPassed,
  type PartResult,
  resultsJson,
  type SecretsResult,
  type TortureResults,
  writePictures,
} from './results.js';
import { type Apart, runApart, together } from './run-apart.js';
import { runPart } from './run-part.js';
import { SecretWatch } from './secrets/watch.js';

/** The command `npm run torture`; its options are in `options.ts`. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const progress = createProgress(process.stderr, () => performance.now());

const isTerminal = (): boolean => process.stdout.isTTY;
const today = (): string => new Date().toISOString().slice(0, 10);

async function tortureParts(options: Options): Promise<number> {
  const { parts, secrets } = await runParts(options);
  const results: TortureResults = {
    command: commandOf(options),
    date: today(),
    seed: options.seed,
    size: options.size,
    machine: { cores: availableParallelism(), node: process.versions.node },
    parts,
    secrets,
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

/** Those that need nothing but a processor side by side, each in a process of its own; the others one after the other. */
async function runParts(options: Options): Promise<{ parts: PartResult[]; secrets: SecretsResult }> {
  const { only } = options;
  const wanted = PARTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const pure = wanted.length > 1 ? wanted.filter(({ isPure }) => isPure === true) : [];
  const limit = pLimit(availableParallelism());
  const apart = await Promise.all(pure.map((part) => limit(() => besideOthers(part, options))));
  const secrets = new SecretWatch();
  const parts = apart.map(({ result }) => result);
  for (const part of wanted.filter((part) => !pure.includes(part))) {
    parts.push(await alone(part, options, secrets));
  }
  const here = {
    looked: Object.fromEntries(secrets.looked()),
    known: secrets.known(),
    leaks: secrets.leaks,
  };
  return { parts, secrets: together([...apart.flatMap(({ secrets }) => secrets ?? []), here]) };
}

async function besideOthers(part: Part, { seed, size }: Options): Promise<Apart> {
  progress.say(`${part.name}, seed ${seed}, beside others`);
  const apart = await runApart(part, seed, size);
  sayFailure(apart.result);
  return apart;
}

async function alone(part: Part, { seed, size }: Options, secrets: SecretWatch): Promise<PartResult> {
  progress.say(`${part.name}, seed ${seed}`);
  const context: Context = { seed, size, secrets, say: (line) => progress.say(`${part.name}: ${line}`) };
  const result = await runPart(part, context);
  sayFailure(result);
  return result;
}

function sayFailure({ name, outcome }: PartResult): void {
  if (!isGood(outcome)) progress.say(`${name}: ${outcome.failures[0]?.what ?? 'FAILED'}\n`);
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
