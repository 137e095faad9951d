import { readFileSync, writeFileSync } from 'node:fs';
import type { WireAnswer } from './wire.js';

/** The corpus whose verdicts by the real gateway are kept in the repository. */
export const RECORDED = { seed: 7, mutations: 4000 };

const FILE = 'test/fixtures/parity/aviso-0.7.1.txt';

/** A line per request of the corpus: status, and the code of a refusal. */
export function writeRecorded(answers: readonly WireAnswer[]): void {
  writeFileSync(
    FILE,
    answers.map(({ status, code }) => `${status}${code === null ? '' : ` ${code}`}\n`).join(''),
  );
}

export function readRecorded(): WireAnswer[] {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [status, code] = line.split(' ');
    return { status: Number(status), code: code ?? null };
  });
}
