import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Figure, isFigureId } from './figures.js';
import type { Curve } from './growth.js';
import type { Machine } from './machine.js';

/** What one run found: `bench/results.json`. */
export interface Results {
  /** How to repeat it. */
  readonly command: string;
  /** The day, as in 2026-11-24. */
  readonly date: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  readonly curves: readonly Curve[];
}

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../../bench/${name}.json`, import.meta.url));

/** The committed results of a full run, and those of any other run on this machine. */
export const COMMITTED = fileOf('results');
export const LOCAL = fileOf('results.local');

/** The committed results, or null when there are none yet. */
export const readCommitted = (): Results | null => (existsSync(COMMITTED) ? readResults(COMMITTED) : null);

/** @throws for figures that this version does not know: the file is of another one */
export function readResults(file: string): Results {
  const results: Results = JSON.parse(readFileSync(file, 'utf8'));
  for (const { id } of results.figures) {
    if (!isFigureId(id)) throw new Error(`${file} has a figure ${id} that does not exist`);
  }
  return results;
}

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`);
}

/** Four digits are more than any of this is worth. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
