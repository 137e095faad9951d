import { setTimeout as pause } from 'node:timers/promises';
import { untilHealthy } from './envoys.js';
import type { Pair } from './rolling.js';

/** Kills one of two sidecars: 503 at worst, and right answers again although it stays away. */
export async function killOne(pair: Pair, index: 0 | 1): Promise<void> {
  const { world, envoys, weather, running, tally } = pair;
  tally.during = 'the kill of one';
  const killed = { from: performance.now(), to: Number.POSITIVE_INFINITY };
  weather.killed.push(killed);
  running[index].child.kill('SIGKILL');
  await running[index].ended;
  await untilHealthy(envoys, 1);
  // From here on the other one answers all; what had been sent to the dead one is answered by now.
  killed.to = performance.now() + 100;
  await pause(300);
  running[index] = await world.start(index);
  await untilHealthy(envoys, 2);
}

/** Kills both, and starts one: nothing but 503 until it is back, then right answers. */
export async function killAll(pair: Pair): Promise<void> {
  const { world, envoys, weather, running, tally } = pair;
  tally.during = 'the kill of both';
  const killed = { from: performance.now(), to: Number.POSITIVE_INFINITY };
  weather.killed.push(killed);
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  const alone = { from: performance.now(), to: Number.POSITIVE_INFINITY };
  weather.alone.push(alone);
  await Promise.all([untilHealthy(envoys, 0), pause(400)]);
  alone.to = performance.now();
  running[0] = await world.start(0);
  await untilHealthy(envoys, 1);
  killed.to = performance.now() + 50;
  await pause(200);
  running[1] = await world.start(1);
  await untilHealthy(envoys, 2);
}
