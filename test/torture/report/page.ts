import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../docs/pages.js';
import { readCommitted, readCommittedMutants } from '../committed.js';
import type { MutantsResults } from '../mutants/mutant.js';
import type { PartResult, TortureResults } from '../results.js';

const PAGE = join(ROOT, 'docs', 'reliability.md');

/** Writes the tables of `docs/reliability.md` from the accepted results, and returns whether they were stale. */
export function writeReliability(only: 'check' | 'write'): boolean {
  const before = readFileSync(PAGE, 'utf8');
  const after = reliabilityPage(before, readCommitted(), readCommittedMutants());
  if (after !== before && only === 'write') writeFileSync(PAGE, after);
  return after !== before;
}

/** @param before the page, with a pair of markers around each table; null leaves one as it is */
export function reliabilityPage(
  before: string,
  results: TortureResults | null,
  mutants: MutantsResults | null,
): string {
  const page = results === null ? before : between(before, 'results', partsTable(results));
  return mutants === null ? page : between(page, 'mutants', mutantsTable(mutants));
}

/** @throws when the page has no such markers */
function between(page: string, name: string, table: string): string {
  const [start, end] = [`<!-- torture: ${name} -->`, `<!-- /torture: ${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n${table}\n${page.slice(to)}`;
}

const count = (value: number): string => value.toLocaleString('en-GB');
const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function partsTable({ command, date, machine, parts, secrets }: TortureResults): string {
  const bytes = Object.values(secrets.looked).reduce((sum, size) => sum + size, 0);
  return [
    `\`${command}\`, ${date}, ${machine.cores} cores, Node ${machine.node}. Secrets: ${count(secrets.known.tokens)} tokens and ` +
      `${secrets.known.texts} forms of other secrets looked for in ${count(bytes)} bytes; ${secrets.leaks.length} found.`,
    '',
    row('part', 'what must hold', 'cases', 'allowed', 'wrongly', 'other failures', 'measured'),
    row('---', '---', '---:', '---:', '---:', '---:', '---'),
    ...parts.map(partRow),
  ].join('\n');
}

const partRow = ({ name, promise, outcome }: PartResult): string =>
  row(
    `\`${name}\``,
    cell(promise),
    count(outcome.cases),
    count(outcome.allowed),
    count(outcome.wrongAllows),
    count(outcome.failures.length - Math.min(outcome.wrongAllows, outcome.failures.length)),
    cell(
      Object.entries(outcome.figures)
        .map(([figure, value]) => `${figure}: ${value}`)
        .join('; '),
    ),
  );

const mutantsTable = ({ command, date, mutants }: MutantsResults): string =>
  [
    `\`${command}\`, ${date}: ${mutants.filter(({ caught }) => caught !== null).length} of ${mutants.length} caught.`,
    '',
    row('what is broken', 'in', 'caught by', 'it says'),
    row('---', '---', '---', '---'),
    ...mutants.map(({ mutant, caught }) =>
      row(
        cell(mutant.name),
        `\`${mutant.file.replace(/\.js$/, '.ts')}\``,
        `\`${mutant.caughtBy}\``,
        cell((caught ?? 'nothing').slice(0, 160)),
      ),
    ),
  ].join('\n');
