import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { which } from '../../src/demo/fetch/command.js';
import { optionsOrUsage } from '../options-or-usage.js';
import { type Context, SCALES } from './context.js';
import { findGenerator } from './load/find.js';
import { createWrk } from './load/wrk.js';
import { describeMachine } from './machine.js';
import { type Options, readOptions, USAGE } from './options.js';
import { profileDirect } from './profile.js';
import { createProgress } from './progress.js';
import { writeDocs } from './report/docs.js';
import { paintFor } from './report/paint.js';
import { profileTable, reportOf } from './report/table.js';
import { COMMITTED, LOCAL, type Results, readCommitted, readResults, writeResults } from './results.js';
import { runParts } from './run.js';
import { chooseCores } from './world/cores.js';

/** The command `npm run bench`; its options are in `options.ts`. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const progress = createProgress(process.stderr, () => performance.now());

/** Every child of ours ends with us, and there may be more of them than Node takes for a leak. */
process.setMaxListeners(100);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function main(options: Options): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'aviso-ecpds-authz-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const cores = chooseCores((await which('taskset', process.env)) !== null);
  const generator = await findGenerator('wrk', process.env, progress.say);
  const machine = await describeMachine(generator, cores.server !== null);
  const wrk = createWrk(generator, folder);
  const scale = SCALES[options.mode];
  const context: Context = { wrk, cores, folder, scale, progress: progress.say };
  return options.profile ? profile(context) : measure(options, context, machine);
}

async function profile(context: Context): Promise<number> {
  const found = await profileDirect(context);
  progress.done();
  say(profileTable(found, 40));
  return 0;
}

async function measure(options: Options, context: Context, machine: Results['machine']): Promise<number> {
  const { mode, only, accept } = options;
  const committed = readCommitted();
  const { figures, curves, verdicts } = await runParts(mode, only, context, committed?.figures ?? []);
  const regressed = verdicts.some((verdict) => verdict.regressed);
  const isOfficial = mode === 'full' && only.length === 0 && (accept || !regressed);
  const results: Results = { command: commandOf(options), date: today(), machine, figures, curves };
  const file = isOfficial ? COMMITTED : LOCAL;
  writeResults(file, results);
  if (isOfficial) writeDocs(readResults(file), 'write');
  progress.done();
  if (options.json) say(JSON.stringify({ ...results, verdicts }, null, 2));
  else say(reportOf(results, verdicts, paintFor(process.stdout.isTTY, process.env)));
  progress.say(`written to ${file.replace(/^.*\/(?=bench\/)/, '')}`);
  return regressed && !accept ? 1 : 0;
}

const commandOf = ({ mode, only }: Options): string => {
  const flags = [...(mode === 'full' ? [] : [`--${mode}`]), ...only.map((name) => `--only ${name}`)];
  return flags.length === 0 ? 'npm run bench' : `npm run bench -- ${flags.join(' ')}`;
};

const today = (): string => new Date().toISOString().slice(0, 10);

const options = optionsOrUsage(readOptions, USAGE);
if (options === 'help') say(USAGE);
else process.exitCode = options === null ? 2 : await main(options);
