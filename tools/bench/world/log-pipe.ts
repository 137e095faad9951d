import { execFileSync, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A pipe for a program's log. Its reader is a process of its own, keeps the beginning for error messages, drops the
 * rest, and ends when the last writer has closed the pipe.
 */
export function openLogPipe(folder: string): { readonly fd: number; readonly beginning: string } {
  const [pipe, beginning] = [join(folder, 'log'), join(folder, 'log.beginning')];
  execFileSync('mkfifo', [pipe]);
  const script = 'exec < "$1"; head -c 20000 > "$2"; exec cat > /dev/null';
  spawn('sh', ['-c', script, 'log', pipe, beginning], { stdio: 'ignore' });
  return { fd: openSync(pipe, 'w'), beginning };
}
