import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../docs/pages.js';
import type { TortureResults } from '../results.js';
import type { Mutant, MutantResult } from './mutant.js';

/** A mutant that hangs a part is caught as well, after so long. */
const PATIENCE_MS = 180_000;

/**
 * Breaks a copy of the compiled program, and runs the part that has to notice, in its short form.
 * @throws when the text to break is not there exactly once: the source has changed under the mutant
 */
export const runMutant = async (mutant: Mutant, seed: number): Promise<MutantResult> => ({
  mutant,
  caught: await inCopy(mutant.caughtBy, seed, (folder) => breakIn(folder, mutant)),
});

/**
 * Runs a part on a copy that is not broken: what the suite says of broken ones counts only if it finds nothing here.
 * @throws when it does find something
 */
export async function runUnbroken(part: string, seed: number): Promise<void> {
  const failure = await inCopy(part, seed, () => undefined);
  if (failure !== null) throw new Error(`${part} fails without being broken: ${failure}`);
}

/** The first failure that a part reports of a copy of the project, or null. */
async function inCopy(part: string, seed: number, change: (folder: string) => void): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'aviso-authz-mutant-'));
  try {
    copyProject(folder);
    change(folder);
    return await firstFailure(folder, part, seed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything is linked but `dist/`, which is copied: modules resolve their own kind beside them. */
function copyProject(folder: string): void {
  for (const name of readdirSync(ROOT)) {
    if (name === 'dist') cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    else symlinkSync(join(ROOT, name), join(folder, name));
  }
}

function breakIn(folder: string, { name, file, find, replace }: Mutant): void {
  const path = join(folder, 'dist', file);
  const text = readFileSync(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`${name}: ${file} has \`${find}\` ${found} times, not once`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

async function firstFailure(folder: string, part: string, seed: number): Promise<string | null> {
  const args = ['dist/test/torture/main.js', '--short', '--json', '--only', part, '--seed', String(seed)];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const killed = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-2000);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(killed);
  if (code === 0) return null;
  if (code === null) return `the part did not end within ${PATIENCE_MS / 1000} s`;
  if (code !== 1 || !output.startsWith('{')) throw new Error(`the part ${part} did not run: ${errors}`);
  const { parts, secrets }: TortureResults = JSON.parse(output);
  const failure = parts.flatMap(({ outcome }) => outcome.failures)[0];
  const leak = secrets.leaks[0];
  if (failure !== undefined) return shortened(failure.what);
  if (leak !== undefined) return `${leak.secret} in ${leak.where}`;
  throw new Error(`the part ${part} failed without saying why`);
}

/** What a reader needs of it: tokens, messages in base64 and long names say nothing to anybody. */
const shortened = (what: string): string =>
  what.replace(/[\w+/=.-]{60,}/g, (text) => `${text.slice(0, 12)}…`).slice(0, 400);
