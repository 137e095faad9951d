import type { AuthorizeParts } from '../../src/authorize.js';
import type { Decision } from '../../src/domain/decision.js';
import type { CacheOutcome } from '../../src/domain/fetch-outcome.js';
import type { Drill } from './drill.js';
import type { ProtectionsName } from './protections.js';
import { seeded } from './random.js';
import { inSimulatedTime, type SimulatedTime } from './time.js';
import { type Call, createNetwork } from './world/network.js';
import { type Arrival, arrivalsOf } from './world/people.js';
import { createSidecar, type LoggedEvent } from './world/sidecar.js';

/** What a client met. */
export interface Answer extends Arrival {
  readonly answeredAt: number;
  readonly kind: Decision['kind'];
  readonly cacheOutcome: CacheOutcome | 'none' | null;
}

/** Everything that happened in one run of a drill. */
export interface History {
  readonly answers: readonly Answer[];
  readonly calls: readonly Call[];
  readonly events: readonly LoggedEvent[];
  readonly series: ReadonlyMap<string, number>;
}

export interface RunOptions {
  readonly drill: Drill;
  readonly protections: ProtectionsName;
  readonly seed: number;
  /** Breaks a rule, to see that the drill notices. */
  readonly broken?: (parts: AuthorizeParts) => AuthorizeParts;
}

/** What may still be under way when the last user has come: a call, and whoever waits for it. */
const AFTERMATH_MS = 70_000;

/** Runs a drill in simulated time, with the real engine, decider, recorder, metrics and event log. */
export function runDrill(options: RunOptions): Promise<History> {
  const { drill, seed } = options;
  const arrivals = arrivalsOf(drill, seeded(seed));
  return inSimulatedTime(seeded(seed + 1), (time) => watch(options, arrivals, time));
}

async function watch(
  { drill, seed, protections, broken }: RunOptions,
  arrivals: readonly Arrival[],
  { now, runUntil }: SimulatedTime,
): Promise<History> {
  const network = createNetwork(drill, now, seeded(seed + 2));
  const sidecar = await createSidecar({
    drill,
    protections,
    fetch: network.fetch,
    now,
    ...(broken === undefined ? {} : { broken }),
  });
  await sidecar.know(new Set(arrivals.map(({ user }) => user)));
  const answers: Answer[] = [];
  const ask = async (arrival: Arrival): Promise<void> => {
    const decision = await sidecar.decide(arrival);
    const cacheOutcome = 'cacheOutcome' in decision ? decision.cacheOutcome : null;
    answers.push({ ...arrival, answeredAt: now(), kind: decision.kind, cacheOutcome });
  };
  for (const arrival of arrivals) {
    if (arrival.at > now()) await runUntil(arrival.at);
    void ask(arrival);
  }
  await runUntil(drill.durationMs + AFTERMATH_MS);
  const series = await sidecar.series();
  await sidecar.stop();
  return { answers, calls: network.calls, events: sidecar.events, series };
}
