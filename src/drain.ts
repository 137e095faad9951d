import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/** In milliseconds. */
const STEP_MS = 50;
/** A process that gets no time to work does not wait for ever: so much more, or as much again if that is less; in ms. */
const MORE_MS = 5_000;

/**
 * Waits for so long, in milliseconds, as counted by a process that has had the time to answer: while it stands still,
 * neither health checks nor requests are answered, and nobody learns that it is about to go. At most `MORE_MS` longer. What
 * has arrived until then has been read when this resolves.
 */
export async function drain(ms: number): Promise<void> {
  const end = performance.now() + ms + Math.min(ms, MORE_MS);
  for (let left = ms; left > 0 && performance.now() < end; left -= STEP_MS)
    await pause(Math.min(left, STEP_MS));
  await turn();
}
