import { createDecider, type Decide, type Refuse } from '../../../../src/decider.js';
import { createEngine, type Engine, type Settings } from '../../../../src/engine.js';
import { createEventLog, type LogOutput } from '../../../../src/observe/logger.js';
import { createMetrics, type Metrics } from '../../../../src/observe/metrics.js';
import { createRecorder } from '../../../../src/observe/recorder.js';
import { ecpdsInMemory } from './ecpds.js';

/** The monotonic clock of a fuzzed sidecar stands still, so that nothing depends on how fast the machine is. */
export const STANDSTILL_MS = 1_000_000;

/** The sidecar without its listeners, and with ECPDS in memory: the parts that `src/app.ts` puts together. */
export interface FuzzedSidecar {
  readonly decide: Decide;
  readonly refuse: Refuse;
  readonly engine: Engine;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

export function createSidecar(settings: Settings, servicePassword: string, output: LogOutput): FuzzedSidecar {
  const clock = { now: () => STANDSTILL_MS };
  const log = createEventLog({ name: 'aviso-ecpds-authz', version: '0.0.0' }, 'info', 'json', output);
  const metrics = createMetrics('0.0.0');
  const observer = createRecorder(log, metrics);
  const fetch = ecpdsInMemory(servicePassword);
  const connectEcpds = () => ({ fetch, close: async () => undefined });
  const engine = createEngine({ settings, observer, clock, previous: null, connectEcpds });
  const { decide, refuse } = createDecider(() => engine.parts, observer);
  return {
    decide,
    refuse,
    engine,
    metrics,
    async close() {
      engine.stopBackground(null);
      await engine.close(null);
    },
  };
}
