import { stringify } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { createDecider } from '../../../src/decider.js';
import type { Decision } from '../../../src/domain/decision.js';
import type { AuthzRequest } from '../../../src/domain/request.js';
import { createEngine, type Engine } from '../../../src/engine.js';
import type { Fetch } from '../../../src/http/bounded-get.js';
import type { KeyAttempt } from '../../../src/identity/jwks/observer.js';
import { createEventLog } from '../../../src/observe/logger.js';
import { createMetrics } from '../../../src/observe/metrics.js';
import { createRecorder } from '../../../src/observe/recorder.js';
import { authzRequest } from '../../helpers/authz.js';

/** The sidecar without its listeners: the parts that `src/app.ts` puts together, with other networks. */
export interface Sidecar {
  decide(parts: Partial<AuthzRequest>): Promise<Decision>;
  /** The log lines since the last call. */
  lines(): readonly string[];
  /** The samples of the series whose name begins so, without zeros. */
  samples(prefix: string): Promise<ReadonlyMap<string, number>>;
  cacheSize(): number;
  stop(): Promise<void>;
}

/** How upstreams are reached: by these, or over the network. */
export interface Networks {
  readonly ecpds?: Fetch;
  readonly keys?: Fetch;
  readonly auth?: Fetch;
  /** Told of every attempt to fetch keys when it has ended. */
  readonly attempted?: (attempt: KeyAttempt) => void;
}

/** @param document the configuration, as an operator would write it */
export async function createSidecar(document: object, networks: Networks = {}): Promise<Sidecar> {
  const loaded = await loadConfig({
    files: ['torture.yaml'],
    env: {},
    readFile: () => stringify(document),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  let lines: string[] = [];
  const service = { name: 'aviso-ecpds-authz', version: '0.0.0' };
  const log = createEventLog(service, 'info', 'json', { write: (line) => void lines.push(line) });
  const current: Current = { engine: null };
  const metrics = createMetrics(service.version, sourcesOf(current, clock.now));
  const recorder = createRecorder(log, metrics);
  const observer = {
    ...recorder,
    keysAttempted(attempt: KeyAttempt) {
      recorder.keysAttempted(attempt);
      networks.attempted?.(attempt);
    },
  };
  const engine = createEngine({
    settings: { config: loaded.value.config, ca: null },
    observer,
    clock,
    previous: null,
    ...through('connectEcpds', networks.ecpds),
    ...through('connectKeys', networks.keys),
    ...through('connectAuthOTron', networks.auth),
  });
  current.engine = engine;
  const { decide } = createDecider(() => engine.parts, observer);
  return {
    decide: (parts) => decide(authzRequest(parts)),
    lines() {
      const written = lines;
      lines = [];
      return written;
    },
    async samples(prefix) {
      const text = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(prefix));
      const pairs = text.map(
        (line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))] as const,
      );
      return new Map(pairs.filter(([, value]) => value !== 0));
    },
    cacheSize: () => engine.ecpds?.checker.cacheSize() ?? 0,
    async stop() {
      current.engine = null;
      await engine.close(null);
    },
  };
}

const clock = { now: () => performance.now() };

/** Thousands are made in one process; what measures it never lets go of its sources, nor of what stands beside them. */
interface Current {
  engine: Engine | null;
}

const sourcesOf = (current: Current, now: () => number) => ({
  cacheSize: () => current.engine?.ecpds?.checker.cacheSize() ?? 0,
  keyStates: () => current.engine?.keys.states() ?? [],
  serverStates: () => current.engine?.ecpds?.servers() ?? [],
  now,
});

const through = (how: 'connectEcpds' | 'connectKeys' | 'connectAuthOTron', fetch: Fetch | undefined) =>
  fetch === undefined ? {} : { [how]: () => ({ fetch, close: async () => undefined }) };
