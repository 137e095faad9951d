import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const MB = 1_000_000;

/** The resident memory of a process, in MB. Read from outside, so that asking costs the process nothing. */
export function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`process ${pid} has no memory`);
  return (Number(kib) * 1024) / MB;
}

/** What counts as settled: for so many seconds it moved by no more MB than this. V8 tidies up after 8 idle seconds. */
const STILL_SECONDS = 10;
const STILL_MB = 0.5;

/**
 * Resident memory once the process is left alone and has stopped giving some back, in MB.
 *
 * @param longest the longest wait, in seconds
 */
export async function settledMb(pid: number, longest: number): Promise<number> {
  let reference = residentMb(pid);
  let still = 0;
  for (let second = 0; second < longest && still < STILL_SECONDS; second++) {
    await pause(1000);
    const now = residentMb(pid);
    still = Math.abs(now - reference) < STILL_MB ? still + 1 : 0;
    if (still === 0) reference = now;
  }
  return residentMb(pid);
}

/** The flags under which a process tells, at SIGWINCH and in that file, how much live data it holds. */
export function liveDataFlags(file: string): readonly string[] {
  const module = new URL('./live-data.js', import.meta.url);
  module.searchParams.set('file', file);
  return ['--expose-gc', '--import', module.href];
}

const ANSWER_MS = 10_000;

/** Collects the garbage of a process started with `liveDataFlags`, and says what is left, in MB. */
export async function liveMb(pid: number, file: string): Promise<number> {
  await rm(file, { force: true });
  process.kill(pid, 'SIGWINCH');
  for (const deadline = Date.now() + ANSWER_MS; Date.now() < deadline; await pause(25)) {
    const bytes = await readFile(file, 'utf8').catch(() => '');
    if (bytes.endsWith('\n')) return Number(bytes) / MB;
  }
  throw new Error(`process ${pid} does not say what it holds`);
}
