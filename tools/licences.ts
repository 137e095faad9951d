/**
 * Writes `THIRD_PARTY_LICENCES.md`: the packages that production needs, by the lock file, each with its licence and where
 * the licence's text is. `--check` writes nothing and fails when the file is stale.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Locked, productionPackages } from './deploy/sbom.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const LICENCES = 'THIRD_PARTY_LICENCES.md';

const HEAD = `# Licences of third parties

Written by \`npm run docs\` from \`package-lock.json\`. Change that, not this.

The npm package contains none of these. A container image built from the Dockerfile contains Node.js and Debian, whose
licences are in the image, and these packages, each with its licence's text under \`/app/\`, where the package ships one.
`;
const HEADING = ['package', 'version', 'licence', 'text'];

/** The page's text. */
export function written(): string {
  const rows = [...productionPackages()].map(rowOf).sort((one, other) => (one < other ? -1 : 1));
  return `${HEAD}\n${[line(HEADING), line(HEADING.map(() => '---')), ...new Set(rows)].join('\n')}\n`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function rowOf([path, { version, license }]: readonly [string, Locked]): string {
  const name = path.replace(/^.*node_modules\//, '');
  const text = textOf(path);
  return line([name, version, license, text === null ? 'not shipped' : `\`${path}/${text}\``]);
}

/** The file with the licence's text, as the package ships it. */
const textOf = (path: string): string | null =>
  readdirSync(join(ROOT, path)).find((name) => /^licen[cs]e/i.test(name)) ?? null;

function main(check: boolean): number {
  const file = join(ROOT, LICENCES);
  const text = written();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return 0;
  if (check) {
    process.stderr.write(`${LICENCES}: stale, run \`npm run docs\`\n`);
    return 1;
  }
  writeFileSync(file, text);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.includes('--check'));
