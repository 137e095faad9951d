import type { Paint } from '../../../tools/bench/report/paint.js';
import type { MutantResult } from '../mutants/mutant.js';
import { isGood } from '../part.js';
import { isPassed, type PartResult, type TortureResults } from '../results.js';

/** The results for a terminal. */
export function reportOf(results: TortureResults, paint: Paint): string {
  const { parts, secrets } = results;
  return [
    `${results.command}   (${results.date}, ${results.machine.cores} cores, Node ${results.machine.node})`,
    '',
    ...parts.flatMap((part) => partLines(part, paint)),
    secretsLine(results, paint),
    '',
    isPassed(results)
      ? paint.good(`${total(parts)} cases, 0 wrong allows`)
      : paint.bad(
          `FAILED, seed ${results.seed}: ${secrets.leaks.length} leaks, ${wrong(parts)} wrong allows`,
        ),
  ].join('\n');
}

const count = (value: number): string => value.toLocaleString('en-GB');
const total = (parts: readonly PartResult[]): string =>
  count(parts.reduce((sum, { outcome }) => sum + outcome.cases, 0));
const wrong = (parts: readonly PartResult[]): number =>
  parts.reduce((sum, { outcome }) => sum + outcome.wrongAllows, 0);

function partLines({ name, seconds, outcome }: PartResult, paint: Paint): string[] {
  const verdict = isGood(outcome) ? paint.good('ok    ') : paint.bad('FAILED');
  return [
    `${verdict} ${name.padEnd(12)} ${count(outcome.cases).padStart(10)} cases ${count(outcome.allowed).padStart(9)} allowed ` +
      `${count(outcome.wrongAllows).padStart(2)} wrongly ${String(seconds).padStart(6)} s`,
    ...Object.entries(outcome.figures).map(([figure, value]) => `         ${figure}: ${value}`),
    ...outcome.failures.map(({ what, repeat }) =>
      paint.bad(`         ${what}${repeat === undefined ? '' : ` (${repeat})`}`),
    ),
  ];
}

function secretsLine({ secrets: { looked, known, leaks } }: TortureResults, paint: Paint): string {
  const bytes = Object.values(looked).reduce((sum, size) => sum + size, 0);
  const line = `secrets: ${count(known.tokens)} tokens and ${known.texts} forms of other secrets looked for in ${count(bytes)} bytes`;
  if (leaks.length === 0) return `${paint.good('ok    ')} ${line}: none`;
  return [
    `${paint.bad('FAILED')} ${line}: ${count(leaks.length)} found`,
    ...leaks.slice(0, 10).map(({ secret, where }) => paint.bad(`         ${secret} in ${where}`)),
  ].join('\n');
}

/** What became of the broken programs, for a terminal. */
export const mutantsReport = (mutants: readonly MutantResult[], paint: Paint): string =>
  [
    ...mutants.map((result) => mutantLine(result, paint)),
    '',
    `${mutants.filter(({ caught }) => caught !== null).length} of ${mutants.length} broken programs caught`,
  ].join('\n');

const mutantLine = ({ mutant, caught }: MutantResult, paint: Paint): string =>
  caught === null
    ? paint.bad(`MISSED ${mutant.name}: ${mutant.caughtBy} noticed nothing`)
    : `${paint.good('caught')} ${mutant.name}: ${mutant.caughtBy}`;
