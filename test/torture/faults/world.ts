import { stringify } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { createDecider } from '../../../src/decider.js';
import { createEngine, type Engine, type Settings } from '../../../src/engine.js';
import { createEventLog } from '../../../src/observe/logger.js';
import { createMetrics, type Metrics } from '../../../src/observe/metrics.js';
import { createRecorder, type Recorder } from '../../../src/observe/recorder.js';
import { createGrpcListener } from '../../../src/transport/grpc-listener.js';
import { createHttpListener } from '../../../src/transport/http-listener.js';
import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import { Injector } from './injector.js';
import { patchAll } from './patches.js';
import { peersWith } from './peers.js';
import { tracerWith } from './tracer.js';

export type Mode = 'trusted_proxy' | 'direct';

/** A request whose asker says nothing waits so long at most, in milliseconds, unless a case wants less. */
export const PATIENT_MS = 10_000;
/** `request_timeout_seconds`, in milliseconds: far above what a server here takes, also on a machine that is busy. */
export const REQUEST_TIMEOUT_MS = 500;

/** The program from its engine to its listeners, with a place for a fault in each thing that it depends on. */
export interface World {
  readonly injector: Injector;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly metrics: Metrics;
  /** Every line of the log since it was last emptied, read. */
  readonly events: Record<string, unknown>[];
  /** How long a request waits whose asker says nothing, in milliseconds. */
  timeoutMs: number;
  /** Moves the clock on, in milliseconds. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export async function startWorld(mode: Mode): Promise<World> {
  const injector = new Injector();
  const unpatch = await patchAll(injector);
  const events: Record<string, unknown>[] = [];
  const metrics = createMetrics('0');
  patchHistogram(metrics, injector);
  const recorder = createRecorder(logInto(events, injector), metrics);
  let ahead = 0;
  const clock = { now: () => performance.now() + ahead };
  const settings = await settingsFor(mode);
  const engine = createEngine({
    settings,
    observer: recorder,
    clock,
    previous: null,
    ...peersWith(injector),
  });
  const world = { timeoutMs: PATIENT_MS };
  const listeners = await listen(() => partsWith(engine, injector, world), engine, recorder, injector);
  return Object.assign(world, {
    injector,
    httpPort: listeners.httpPort,
    grpcPort: listeners.grpcPort,
    metrics,
    events,
    advance(ms: number) {
      ahead += ms;
    },
    async close() {
      await listeners.close();
      await engine.close(null);
      unpatch();
    },
  });
}

function logInto(events: Record<string, unknown>[], injector: Injector) {
  const write = (line: string) =>
    injector.value('log.write', () => {
      events.push(JSON.parse(line));
    });
  const flush = () => injector.value('log.flush', () => undefined);
  return createEventLog({ name: 'faults', version: '0' }, 'debug', 'json', { write, flush });
}

function patchHistogram({ requestDuration }: Metrics, injector: Injector): void {
  const observe = requestDuration.observe.bind(requestDuration) as (...args: unknown[]) => void;
  Object.assign(requestDuration, {
    observe: (...args: unknown[]) => injector.value('histogram.observe', () => observe(...args)),
  });
}

/** The engine's parts, each of which can fail. */
function partsWith({ parts }: Engine, injector: Injector, { timeoutMs }: { readonly timeoutMs: number }) {
  const { resolver, destinations, gates } = parts;
  if (resolver === null || destinations === null) throw new Error('the configuration of this part gates');
  const { checker } = destinations;
  return {
    ...parts,
    defaultTimeoutMs: timeoutMs,
    gates: { ...gates, gateOf: (type: string) => injector.value('gates.gateOf', () => gates.gateOf(type)) },
    resolver: {
      ...resolver,
      resolve: (values: readonly string[], remainingMs: number) =>
        injector.promise('authorize.resolve', () => resolver.resolve(values, remainingMs)),
    },
    destinations: {
      ...destinations,
      checker: {
        ...checker,
        check: (request: Parameters<typeof checker.check>[0]) =>
          injector.promise('authorize.check', () => checker.check(request)),
      },
    },
    now: () => injector.clock('authorize.now', parts.now),
  };
}

async function listen(
  parts: () => ReturnType<typeof partsWith>,
  engine: Engine,
  recorder: Recorder,
  injector: Injector,
) {
  const tracer = tracerWith(injector);
  const { decide, refuse } = createDecider(
    () => injector.value('decider.parts', parts),
    recorder,
    () => tracer,
  );
  const now = () => injector.clock('listener.now', engine.parts.now);
  const deciding = { decide, refuse, challenges: () => engine.challenges, now };
  const isDraining = () => injector.value('listener.isDraining', () => false);
  const http = createHttpListener({ ...deciding, isDraining, drainSeconds: () => 5 });
  const grpc = createGrpcListener({ ...deciding, isReady: () => true });
  const anywhere = { host: '127.0.0.1', port: 0 };
  return {
    httpPort: Number(new URL(await http.listen(anywhere)).port),
    grpcPort: Number(new URL(await grpc.listen(anywhere)).port),
    async close() {
      http.server.closeAllConnections();
      await Promise.all([http.close(), grpc.close()]);
    },
  };
}

async function settingsFor(mode: Mode): Promise<Settings> {
  const loaded = await loadConfig({
    files: ['x.yaml'],
    env: {},
    readFile: () => stringify(configured(mode)),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return quick(loaded.value);
}

/** A configuration has whole seconds; here a second is too long to wait for. */
function quick(settings: Settings): Settings {
  const { config } = settings;
  if (config.ecpds === null) throw new Error('the configuration of this part gates');
  const ecpds = { ...config.ecpds, request_timeout_seconds: REQUEST_TIMEOUT_MS / 1000 };
  return { ...settings, config: { ...config, ecpds } };
}

const configured = (mode: Mode) => ({
  auth: {
    enabled: true,
    mode,
    ...(mode === 'direct' ? { auth_o_tron_url: 'http://127.0.0.1:9' } : {}),
    jwt_secret: JWT_SECRET,
    admin_roles: { operators: ['admin'] },
    timeout_ms: REQUEST_TIMEOUT_MS,
  },
  ecpds: {
    ...SERVICE,
    servers: ['http://127.0.0.1:9', 'http://localhost:9'],
    match_key: 'destination',
  },
  sidecar: { protections: { refresh_ahead: { after_ratio: 0.8 } } },
  notification_schema: {
    dissemination: {
      topic: { base: 'diss', key_order: ['destination'] },
      auth: { required: true, plugins: ['ecpds'] },
      identifier: { destination: { type: 'StringHandler', required: true } },
    },
  },
});
