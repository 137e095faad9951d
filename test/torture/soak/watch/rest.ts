import { setTimeout as pause } from 'node:timers/promises';
import type { Inside, Objects } from './inspector.js';
import { type AtRest, lookAtRest } from './sample.js';
import type { Sidecar } from './sidecar.js';

/** The longest that a process may take to come to rest, in milliseconds. It takes two seconds, all told. */
const PATIENCE_MS = 15_000;
const STEP_MS = 100;

/** A process to which nobody talks any more. */
export interface Rested {
  /** Timers that were running as soon as nothing was being fetched any more. */
  readonly timers: number;
  readonly rest: AtRest;
  /** After all garbage was collected. */
  readonly inside: Inside & { readonly objects: Objects };
}

/**
 * Waits until a process that is left alone has let go of everything: fetches, connections on both sides, lists. What it
 * does not let go of in time is in what is returned.
 */
export async function comeToRest(sidecar: Sidecar): Promise<Rested> {
  await untilRest(sidecar, ({ fetching }) => fetching === 0);
  const timers = await fewest(async () => (await sidecar.inspector.look()).resources['Timeout'] ?? 0);
  await untilRest(sidecar, isAtRest);
  const descriptors = await fewest(async () => (await lookAtRest(sidecar)).descriptors);
  const rest = { ...(await lookAtRest(sidecar)), descriptors };
  return { timers, rest, inside: await sidecar.inspector.lookAfterCollection() };
}

export const isAtRest = ({ fetching, accepted, opened, cacheSize }: AtRest): boolean =>
  fetching === 0 && accepted === 0 && opened === 0 && cacheSize === 0;

async function untilRest(sidecar: Sidecar, isThere: (at: AtRest) => boolean): Promise<AtRest> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const at = await lookAtRest(sidecar);
    if (isThere(at) || Date.now() > deadline) return at;
    await pause(STEP_MS);
  }
}

/** What is on its way out at one look is gone at the next. */
async function fewest(look: () => Promise<number>): Promise<number> {
  const looks: number[] = [];
  for (let times = 0; times < 3; times++) {
    looks.push(await look());
    await pause(STEP_MS / 2);
  }
  return Math.min(...looks);
}
