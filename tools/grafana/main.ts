/**
 * Writes Grafana's dashboard from the panels in `tools/grafana/`, in the order of the symptoms in `src/triage/`.
 * `--check` writes nothing and fails when the file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboard } from './dashboard.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const DASHBOARD = 'deploy/grafana/dashboards/aviso-ecpds-authz.json';

/** The file's text. */
export const written = (): string => `${JSON.stringify(dashboard(), null, 2)}\n`;

function main(check: boolean): number {
  const text = written();
  if (contentOf(ROOT + DASHBOARD) === text) return 0;
  if (check) {
    process.stderr.write(`${DASHBOARD}: stale, run \`npm run docs\`\n`);
    return 1;
  }
  mkdirSync(dirname(ROOT + DASHBOARD), { recursive: true });
  writeFileSync(ROOT + DASHBOARD, text);
  return 0;
}

/** Null when there is no such file yet. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.includes('--check'));
