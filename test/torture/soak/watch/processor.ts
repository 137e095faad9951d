import { readFileSync } from 'node:fs';

/**
 * How long the main thread of a process could have run and had no processor, in milliseconds since its start; 0 where the
 * kernel does not say.
 */
export function waitedForProcessorMs(pid: number): number {
  try {
    const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}
