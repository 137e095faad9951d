import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, on every Linux that Node runs on. */
const MICROS_PER_TICK = 10_000;

/**
 * CPU time that a process has used so far, all its threads together, in microseconds. Unlike throughput it does not
 * fall when others want the same core.
 * @throws where there is no /proc
 */
export const cpuMicros = (pid: number): number => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** User and system time of proc_pid_stat(5), fields 14 and 15. The name, field 2, may hold anything. */
export function parseStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isInteger(user) || !Number.isInteger(system)) throw new Error(`no times in ${stat}`);
  return (user + system) * MICROS_PER_TICK;
}
