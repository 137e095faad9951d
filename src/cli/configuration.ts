import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { Terminal } from './terminal.js';

/**
 * Loads the configuration for a command; on problems lists every one and returns null.
 *
 * @param onRead told each file before it is read
 */
export async function loadForCommand(
  files: readonly string[],
  terminal: Terminal,
  onRead: (path: string) => Promise<void> = async () => undefined,
): Promise<LoadedConfig | null> {
  const loaded = await loadConfig({ files, env: terminal.env, onRead });
  if (loaded.ok) return loaded.value;
  const count = loaded.failure.length;
  terminal.err(terminal.paint('red', `The configuration has ${count} problem${count === 1 ? '' : 's'}:`));
  for (const problem of loaded.failure) terminal.err(problemText(problem, terminal));
  return null;
}

/** A problem as an operator reads it: where, what is wrong, what would be right. */
export function problemText({ path, problem, cure }: Problem, terminal: Terminal): string {
  return `  ${terminal.paint('bold', path)}: ${problem}\n      ${terminal.paint('dim', `-> ${cure}`)}`;
}
