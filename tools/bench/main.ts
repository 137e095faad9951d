import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { which } from '../../src/demo/fetch/command.js';
import type { Context } from './context.js';
import { findGenerator } from './load/find.js';
import { createWrk } from './load/wrk.js';
import { direct } from './parts/direct.js';
import { profileDirect } from './profile.js';
import { figureTable, profileTable } from './report/table.js';
import { chooseCores } from './world/cores.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

const { values } = parseArgs({
  options: { profile: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});

const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-bench-'));
try {
  const cores = chooseCores((await which('taskset', process.env)) !== null);
  const generator = await findGenerator('wrk', process.env, progress);
  const pace = values.quick
    ? { rounds: 3, seconds: 2, warmupSeconds: 2 }
    : { rounds: 5, seconds: 5, warmupSeconds: 3 };
  const context: Context = { wrk: createWrk(generator, cores.load, folder), cores, folder, pace, progress };
  if (values.profile) say(profileTable(await profileDirect(context), 40));
  else say(figureTable(await direct(context)));
} finally {
  await rm(folder, { recursive: true, force: true });
}
