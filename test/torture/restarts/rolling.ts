import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProxy } from '../../helpers/proxies.js';
import { callUntilGoodbye } from '../../helpers/raw-frames.js';
import type { SecretWatch } from '../secrets/watch.js';
import { HOSTS, untilHealthy } from './envoys.js';
import type { Load, Weather } from './load.js';
import type { Serving } from './serving.js';
import type { Tally } from './tally.js';
import type { World } from './world.js';

/** Two sidecars behind Envoys under load. */
export interface Pair {
  readonly world: World;
  readonly envoys: readonly RunningProxy[];
  readonly loads: readonly Load[];
  readonly weather: Weather;
  readonly tally: Tally;
  readonly secrets: SecretWatch;
  readonly drainSeconds: number;
  readonly running: [Serving, Serving];
}

/** Requests around the signal, a millisecond apart. */
const BURST = 40;
/** What the end of a process may take beside its drain, which may take twice as long where it stands still; in ms. */
const END_MS = 3_000;

/** Ends one of two sidecars with SIGTERM and starts it again; nobody may notice. */
export async function restart(pair: Pair, index: 0 | 1): Promise<void> {
  const { world, envoys, tally, drainSeconds, running } = pair;
  tally.during = `the restart of ${HOSTS[index]}`;
  const serving = running[index];
  await lookAt(pair, index);
  // Connected before the signal, so that it is told to go, and calling all the time until then.
  const crossing = callUntilGoodbye(world.ports.grpc, '/grpc.health.v1.Health/Check', {
    host: HOSTS[index],
    pauseMs: 1,
  });
  const bursts = pair.loads.map((load) => load.burst(BURST));
  await pause(15);
  const from = performance.now();
  serving.child.kill('SIGTERM');
  await serving.event('shutdown.started');
  await checkDraining(pair, index);
  await Promise.all(bursts);
  const code = await serving.ended;
  const took = performance.now() - from;
  const who = `a sidecar (${HOSTS[index]}) after SIGTERM`;
  tally.expect(code === 0, `${who} ended with ${code ?? serving.child.signalCode}, not 0`);
  tally.expect(took >= drainSeconds * 1000, `${who} ended after ${Math.round(took)} ms, before its drain`);
  tally.expect(took <= 2 * drainSeconds * 1000 + END_MS, `${who} took ${Math.round(took)} ms to end`);
  const { sent, answered, goodbyes } = await crossing;
  tally.cases += sent;
  tally.expect(answered === sent, `${who} left ${sent - answered} of ${sent} crossing calls unanswered`);
  tally.expect(goodbyes.length > 0, `${who} closed an HTTP/2 connection without a GOAWAY`);
  running[index] = await world.start(index);
  await untilHealthy(envoys, 2);
}

/** Not ready any more; that decisions go on, the load says. */
async function checkDraining({ world, tally, drainSeconds }: Pair, index: 0 | 1): Promise<void> {
  const from = performance.now();
  const status = await fetch(`http://${HOSTS[index]}:${world.ports.admin}/readyz`).then(
    async (answer) => answer.text().then(() => answer.status),
    () => null,
  );
  // A machine that is so busy that the drain is over before we asked has not shown anything.
  if (status === null && performance.now() - from > drainSeconds * 500) return;
  tally.expect(status === 503, `/readyz of a draining sidecar was ${status ?? 'not there'}, not 503`);
}

/** Shows what the pages of a sidecar say. */
export async function lookAt({ world, secrets }: Pair, index: 0 | 1): Promise<void> {
  for (const path of ['/metrics', '/status', '/status.json', '/readyz']) {
    const answer = await fetch(`http://${HOSTS[index]}:${world.ports.admin}${path}`);
    secrets.saw(`${path} of a restarted sidecar`, await answer.text());
  }
}
