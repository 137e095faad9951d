import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** A processor number, or null to leave the choice to the system. */
export type Core = number | null;

export interface Cores {
  readonly server: Core;
  readonly load: Core;
}

/** One core for what is measured and one for the rest, when this machine has two and `taskset`. */
export function chooseCores(hasTaskset: boolean): Cores {
  const [server, load] = allowedCores();
  if (!hasTaskset || server === undefined || load === undefined) return { server: null, load: null };
  return { server, load };
}

/** A command line that runs a program on that core. */
export function pinned(
  core: Core,
  program: string,
  args: readonly string[],
): readonly [program: string, args: readonly string[]] {
  return core === null ? [program, args] : ['taskset', ['-c', String(core), program, ...args]];
}

/** What the kernel lets this process use; a container may not begin at 0. */
function allowedCores(): readonly number[] {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  return list === undefined ? [...Array(availableParallelism()).keys()] : parseCoreList(list);
}

/** `0-2,5` as 0, 1, 2, 5. */
export function parseCoreList(list: string): readonly number[] {
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}
