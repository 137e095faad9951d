import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../part.js';
import { type EcpdsProcess, type LoadProcess, startEcpds, startLoad } from './children.js';
import { monotonicMs } from './clock.js';
import type { LoadReport, LoadSetup } from './load/orders.js';
import { hangMs, LOAD_SHARE, SETTINGS, type SoakSettings } from './settings.js';
import type { LogReader } from './watch/log-reader.js';
import { waitedForProcessorMs } from './watch/processor.js';
import { comeToRest, type Rested } from './watch/rest.js';
import { type Sample, takeSample } from './watch/sample.js';
import { type Sidecar, startSidecar } from './watch/sidecar.js';
import type { EcpdsReport } from './world/report.js';

/** Everything that a soak saw. */
export interface Soak {
  readonly settings: SoakSettings;
  /** Everybody once. */
  readonly first: LoadReport;
  /** The closed loop that found the capacity. */
  readonly warmup: LoadReport;
  readonly load: LoadReport;
  /** How long that lasted. */
  readonly seconds: number;
  readonly samples: readonly Sample[];
  /** Between the two, and after. */
  readonly before: Rested;
  readonly after: Rested;
  readonly ecpds: EcpdsReport;
  readonly log: LogReader;
  /** The share of the time in which one of the three processes, the worst off, had work and no processor. */
  readonly starved: number;
  /** Its exit code after SIGTERM, or the signal that ended it. */
  readonly exit: number | string;
}

type Saw = (where: string, text: string) => void;

/** @param tokensMadeAt seconds since the epoch, from which the tokens of the run follow */
export function soak(context: Context, tokensMadeAt: number): Promise<Soak> {
  const settings = SETTINGS[context.size];
  const worldStartMs = monotonicMs();
  const saw: Saw = (where, text) => context.secrets.saw(where, text);
  return during(startEcpds(worldStartMs, settings.hangsForMs), (ecpds) =>
    during(startSidecar(ecpds.ports, saw), (sidecar) => {
      const setup: LoadSetup = {
        ...{ seed: context.seed, ports: sidecar.ports, worldStartMs, tokensMadeAt },
        ...{ longestHoldMs: settings.longestHoldMs, hangMs: hangMs(settings) },
      };
      return during(startLoad(setup), (load) =>
        soakWith({ settings, ecpds, sidecar, load, saw, say: context.say }).catch((cause: unknown) => {
          const ended = sidecar.ended();
          throw ended === null ? cause : new Error(ended, { cause });
        }),
      );
    }),
  );
}

/** Uses something that runs, and stops it whatever comes. */
async function during<T extends { stop(): Promise<unknown> }, R>(
  starting: Promise<T>,
  use: (running: T) => Promise<R>,
): Promise<R> {
  const running = await starting;
  try {
    return await use(running);
  } finally {
    await running.stop();
  }
}

interface Stand {
  readonly settings: SoakSettings;
  readonly ecpds: EcpdsProcess;
  readonly sidecar: Sidecar;
  readonly load: LoadProcess;
  readonly saw: Saw;
  readonly say: (line: string) => void;
}

async function soakWith({ settings, ecpds, sidecar, load, saw, say }: Stand): Promise<Soak> {
  say('measuring the capacity');
  const pids = [ecpds.pid, sidecar.pid, load.pid];
  const waitedBefore = pids.map(waitedForProcessorMs);
  const startedMs = monotonicMs();
  const first = await load.run({ kind: 'everybody' });
  say(`everybody was asked for, ${Math.round(first.perSecond)} requests/s`);
  const warmup = await load.run({ kind: 'closed_loop', seconds: settings.warmupSeconds });
  const before = await comeToRest(sidecar);
  const requestsPerSecond = warmup.perSecond * LOAD_SHARE;
  const seconds = secondsOf(settings, requestsPerSecond);
  say(`${Math.round(requestsPerSecond)} requests/s for ${seconds} s`);
  const loading = () => load.run({ kind: 'open_loop', seconds, requestsPerSecond });
  const watching = { everyMs: settings.sampleMs, seconds, saw };
  const [loaded, samples] = await whileWatching(sidecar, watching, loading);
  const after = await comeToRest(sidecar);
  const waited = pids.map((pid, i) => waitedForProcessorMs(pid) - (waitedBefore[i] ?? 0));
  const starved = Math.max(...waited) / (monotonicMs() - startedMs);
  await showPages(sidecar, saw);
  return {
    ...{ settings, first, warmup, load: loaded, seconds, samples, before, after, starved },
    ecpds: await ecpds.report(),
    log: sidecar.log,
    exit: await sidecar.stop(),
  };
}

/** A slow machine gets more time, so that there is something to judge. */
const secondsOf = ({ loadSeconds, atLeast }: SoakSettings, requestsPerSecond: number): number =>
  Math.ceil(Math.max(loadSeconds, Math.min(atLeast.requests / requestsPerSecond, atLeast.withinSeconds)));

interface Watching {
  readonly everyMs: number;
  readonly seconds: number;
  readonly saw: Saw;
}

/** The load's report, and samples from its beginning to its end. */
async function whileWatching(
  sidecar: Sidecar,
  { everyMs, seconds, saw }: Watching,
  load: () => Promise<LoadReport>,
): Promise<readonly [LoadReport, readonly Sample[]]> {
  await sidecar.page('/metrics'); // the longest delay counts from here
  const startMs = monotonicMs();
  const samples: Sample[] = [];
  let isOver = false;
  const watch = async (): Promise<void> => {
    for (let next = 1; !isOver; next++) {
      const atSeconds = (monotonicMs() - startMs) / 1000;
      if (atSeconds > seconds) return;
      if (next > 1) samples.push(await takeSample(sidecar, atSeconds));
      if (next % 10 === 5) await showPages(sidecar, saw);
      await pause(Math.max(1, startMs + next * everyMs - monotonicMs()));
    }
  };
  const loading = load().finally(() => {
    isOver = true;
  });
  const [report] = await Promise.all([loading, watch()]);
  return [report, samples];
}

const PAGES = ['/metrics', '/status', '/status.json', '/readyz'];

async function showPages(sidecar: Sidecar, saw: Saw): Promise<void> {
  for (const path of PAGES) saw(`${path} of the soak`, await sidecar.page(path));
}
