import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Part, Size } from './part.js';
import type { PartResult, SecretsResult, TortureResults } from './results.js';
import { failed } from './run-part.js';

/** What a part found in a process of its own, and what was looked through for secrets meanwhile. */
export interface Apart {
  readonly result: PartResult;
  readonly secrets: SecretsResult | null;
}

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** Runs a part in a process of its own: by this command, for that part alone. */
export async function runApart(part: Part, seed: number, size: Size): Promise<Apart> {
  const args = [
    '--only',
    part.name,
    '--seed',
    String(seed),
    '--json',
    ...(size === 'short' ? ['--short'] : []),
  ];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-2000);
  });
  await new Promise((resolve) => child.on('close', resolve));
  const results: TortureResults | null = output.startsWith('{') ? JSON.parse(output) : null;
  const result = results?.parts[0];
  if (results !== null && result !== undefined) return { result, secrets: results.secrets };
  const outcome = failed(`its process ended without a result: ${errors}`);
  return { result: { name: part.name, promise: part.promise, seconds: 0, outcome }, secrets: null };
}

/** Of all that was looked through. */
export function together(all: readonly SecretsResult[]): SecretsResult {
  const looked: Record<string, number> = {};
  for (const one of all)
    for (const [where, bytes] of Object.entries(one.looked)) looked[where] = (looked[where] ?? 0) + bytes;
  return {
    looked,
    known: {
      texts: all.reduce((sum, { known }) => sum + known.texts, 0),
      tokens: all.reduce((sum, { known }) => sum + known.tokens, 0),
    },
    leaks: all.flatMap(({ leaks }) => leaks),
  };
}
