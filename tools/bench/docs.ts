/**
 * Writes the tables of `docs/performance.md` and its picture from `bench/results.json`, so that they cannot differ.
 * `--check` writes nothing and fails when one is stale.
 */
import { writeDocs } from './report/docs.js';
import { readCommitted } from './results.js';

function main(check: boolean): number {
  const results = readCommitted();
  if (results === null) throw new Error('there is no bench/results.json: `npm run bench` writes it');
  const stale = writeDocs(results, check ? 'check' : 'write');
  if (!check || stale.length === 0) return 0;
  process.stderr.write(`${stale.join(' and ')}: not what bench/results.json says; run \`npm run docs\`\n`);
  return 1;
}

process.exitCode = main(process.argv.includes('--check'));
