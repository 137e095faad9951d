import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from '../results.js';
import { chartOf } from './chart.js';
import { performancePage } from './page.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The files that follow from the results: what each has to be, from what it is. */
const FILES: Readonly<Record<string, (before: string, results: Results) => string>> = {
  'docs/performance.md': performancePage,
  'docs/bench-growth.svg': (_before, { curves }) => chartOf(curves),
};

/** Writes what of `docs/` follows from the results, and returns the files that were stale. */
export function writeDocs(results: Results, only: 'check' | 'write'): readonly string[] {
  return Object.entries(FILES).flatMap(([path, written]) => {
    const before = existsSync(ROOT + path) ? readFileSync(ROOT + path, 'utf8') : '';
    const after = written(before, results);
    if (after === before) return [];
    if (only === 'write') writeFileSync(ROOT + path, after);
    return [path];
  });
}
