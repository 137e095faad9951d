import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  /** The whole environment of the command. */
  readonly env: NodeJS.ProcessEnv;
  /** After this many milliseconds the command is ended and counts as failed; two minutes unless given. */
  readonly timeoutMs?: number;
}

/** What a command printed. `output` is both of its streams; for a failed one it says what went wrong. */
export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program to its end, without a shell and without standard input. Never throws. */
export function run(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { env, timeoutMs = 120_000 } = options;
  return new Promise((resolve) => {
    const limits = { env, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(program, [...args], limits, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve(error === null ? { ok: true, output } : { ok: false, output: output || error.message });
    });
    child.stdin?.end();
  });
}

/** The last lines of a command's output: what an operator needs of it. */
export const tail = (output: string, lines = 3): string => output.split('\n').slice(-lines).join(' / ');

/** The first executable of that name on the PATH, or null. */
export async function which(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

/** Whether this user may execute the file. */
const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
