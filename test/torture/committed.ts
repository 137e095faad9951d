import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/pages.js';
import type { MutantsResults } from './mutants/mutant.js';
import { resultsJson, type TortureResults } from './results.js';

const RESULTS = join(ROOT, 'test', 'torture', 'results.json');
const MUTANTS = join(ROOT, 'test', 'torture', 'mutants', 'results.json');

const read = (file: string) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null);

/** The accepted results of the parts, or null when there are none yet. */
export const readCommitted = (): TortureResults | null => read(RESULTS);
/** Those of the broken programs. */
export const readCommittedMutants = (): MutantsResults | null => read(MUTANTS);

export const writeCommitted = (results: TortureResults): void =>
  writeFileSync(RESULTS, `${resultsJson(results)}\n`);
export const writeCommittedMutants = (results: MutantsResults): void =>
  writeFileSync(MUTANTS, `${JSON.stringify(results, null, 2)}\n`);
