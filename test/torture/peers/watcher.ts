import type { Sidecar } from './sidecar.js';
import type { Tally } from './tally.js';
import { pause } from './wire/peer.js';

/** How much more memory than at its start the sidecar may have under attack, and some seconds after one, in MiB. */
const MORE_MEMORY = { under: 200, after: 170 };
/** Descriptors beyond those of the start that may be open after an attack: honest clients have connections. */
const MORE_DESCRIPTORS = 30;
/** By when an attack's traces have to be gone, in milliseconds. */
const RECOVERY_MS = 10_000;

/** Watches what a sidecar takes of its machine. */
export interface Watcher {
  /** Once an attack has ended: everything that it took is given back. */
  recovered(attack: string): Promise<void>;
  figures(): Readonly<Record<string, string>>;
  stop(): void;
}

export function watchUsage(sidecar: Sidecar, tally: Tally): Watcher {
  const start = sidecar.usage();
  let memory = start.memory;
  let most = start.memory;
  let descriptors = start.descriptors;
  const look = () => {
    const now = sidecar.usage();
    memory = Math.max(memory, now.memory);
    most = Math.max(most, now.memory);
    descriptors = Math.max(descriptors, now.descriptors);
    return now;
  };
  const timer = setInterval(() => sidecar.isRunning() && look(), 50);
  return {
    async recovered(attack) {
      if (!sidecar.isRunning()) return tally.fails(`${attack}: the sidecar is gone`);
      const until = performance.now() + RECOVERY_MS;
      let more = moreThan(start, look());
      while (performance.now() < until && !isBack(more)) {
        await pause(50);
        more = moreThan(start, look());
      }
      tally.expect(
        isBack(more),
        `${attack}: after it ${more.memory} MiB and ${more.descriptors} descriptors more`,
      );
      const peak = memory - start.memory;
      tally.expect(peak <= MORE_MEMORY.under, `${attack}: ${peak} MiB more than before`);
      memory = look().memory;
    },
    figures: () => ({
      'memory at the start and at most': `${start.memory} and ${most} MiB`,
      'most descriptors': String(descriptors),
    }),
    stop: () => clearInterval(timer),
  };
}

type Usage = ReturnType<Sidecar['usage']>;

const moreThan = (start: Usage, now: Usage): Omit<Usage, 'cpu'> => ({
  memory: now.memory - start.memory,
  descriptors: now.descriptors - start.descriptors,
});
const isBack = ({ memory, descriptors }: Omit<Usage, 'cpu'>): boolean =>
  memory <= MORE_MEMORY.after && descriptors <= MORE_DESCRIPTORS;
