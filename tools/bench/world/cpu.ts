import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, on every Linux that Node runs on. */
const MICROS_PER_TICK = 10_000;

/** The CPU time that a process has used up to now, all its threads together, in microseconds. */
export const cpuMicros = (pid: number): number => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** Reads `/proc/PID/stat`: user and system time are fields 14 and 15. The name before them may hold anything. */
export function parseStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isInteger(user) || !Number.isInteger(system)) throw new Error(`no times in ${stat}`);
  return (user + system) * MICROS_PER_TICK;
}
