import type { FastifyInstance } from 'fastify';
import type { Clock } from './checker/clock.js';
import type { Problem } from './config/problem.js';
import { createDecider } from './decider.js';
import type { Tracing } from './domain/tracing.js';
import { drain } from './drain.js';
import { createEngine, type Engine, type Settings } from './engine.js';
import type { GrpcServer } from './grpc/server.js';
import { type KeyReadiness, keyReadiness } from './key-readiness.js';
import { ROOM_BYTES, Room } from './net/collector.js';
import { PEER_LIMITS, type PeerLimits } from './net/peer-limits.js';
import { reportTurnedAway } from './observe/connection-reports.js';
import { History } from './observe/history.js';
import { createEventLog, type EventLog, type LogOutput, type Service } from './observe/logger.js';
import { createMetrics, type Metrics } from './observe/metrics.js';
import { createRecorder, type Recorder } from './observe/recorder.js';
import { readCounts } from './observe/totals.js';
import { exportReports } from './observe/trace-recorder.js';
import { type ReloadReports, reloadReports, settingsNeedingRestart } from './reload.js';
import { situationOf } from './situation.js';
import { CONTENT_SECURITY_POLICY, statusPage } from './status-page/page.js';
import { createGrpcListener } from './transport/grpc-listener.js';
import { createHttpListener, type HttpListener } from './transport/http-listener.js';
import { listenOn } from './transport/listen.js';
import { createOpsListener, type OpsOptions, type Readiness } from './transport/ops/route.js';
import { diagnose } from './triage/diagnose.js';
import { packageInfo } from './version.js';

/** The running sidecar: the composition root, which alone knows every concrete part. */
export interface App {
  readonly log: EventLog;
  readonly metrics: Metrics;
  readonly http: HttpListener;
  /** Null when `sidecar.grpc` is. */
  readonly grpc: GrpcServer | null;
  readonly admin: FastifyInstance;
  /** Binds the listeners and becomes ready. Rejects, with nothing left open, when one cannot be bound. */
  start(): Promise<Addresses>;
  /** Takes over a new configuration with the next request, and says which changes need a restart. */
  reload(settings: Settings): void;
  /** Reports and counts a changed configuration that has problems; the old one stays. */
  reloadRefused(problems: readonly Problem[]): void;
  /** Reports and counts a reload that met a bug; what was taken over before it stays. */
  reloadBroke(cause: unknown): void;
  /** Not ready any more; keeps answering for `sidecar.drain_seconds`, then closes everything. */
  drainAndStop(): Promise<void>;
  /** Closes everything at once; requests in flight finish. */
  stop(): Promise<void>;
}

/** Where the listeners are bound, as text. */
export interface Addresses {
  readonly http: string;
  readonly grpc: string | null;
  readonly admin: string;
}

/**
 * @param output where log lines go
 * @param clock the monotonic clock that ages and deadlines are in
 * @param limits what a peer of a listener may take
 */
export function createApp(
  initial: Settings,
  output: LogOutput,
  clock: Clock = performance,
  limits: PeerLimits = PEER_LIMITS,
): App {
  const core = createCore(initial, output, clock);
  const { log, metrics, observer, running, now } = core;
  const keys = keyReadiness(() => running.engine.keys.states(), observer);
  const reports = reloadReports(log, metrics, now);
  const history = new History({
    read: () => readCounts(metrics),
    now,
    failed: (cause) => observer.backgroundFailed('history', cause),
  });
  const listeners = createListeners(core, keys, reports, history, limits);
  return {
    log,
    metrics,
    ...listeners,
    ...lifecycle(core, listeners, history),
    reload(settings) {
      keys.note();
      const { previous, engine } = takeOver(settings, core);
      reports.succeeded(previous, engine, settingsNeedingRestart(initial.config, settings.config));
    },
    reloadRefused: (problems) => reports.refused(problems),
    reloadBroke: (cause) => reports.broke(cause),
  };
}

/** What everything else is wired to. */
interface Core {
  readonly service: Service;
  /** What the process was started with: listeners keep it. */
  readonly initial: Settings;
  readonly log: EventLog;
  readonly metrics: Metrics;
  readonly observer: Recorder;
  readonly clock: Clock;
  readonly now: () => number;
  readonly running: Running;
}

/** What changes while the process runs; others ask for it anew each time. */
interface Running {
  engine: Engine;
  phase: 'starting' | 'running' | 'draining';
  tracing: Tracing | null;
}

const drainSecondsOf = ({ engine }: Running): number => engine.settings.config.sidecar.drain_seconds;

function createCore(initial: Settings, output: LogOutput, clock: Clock): Core {
  const service = packageInfo();
  const now = (): number => clock.now();
  const { log_level, log_format } = initial.config.sidecar;
  const log = createEventLog(service, log_level, log_format, output);
  const metrics = createMetrics(service.version, {
    cacheSize: () => running.engine.ecpds?.checker.cacheSize() ?? 0,
    keyStates: () => running.engine.keys.states(),
    serverStates: () => running.engine.ecpds?.servers() ?? [],
    now,
  });
  const observer = createRecorder(log, metrics);
  const engine = createEngine({ settings: initial, observer, clock, previous: null });
  const running: Running = { engine, phase: 'starting', tracing: null };
  metrics.gatedEventTypes.set(engine.gatedEventTypes);
  return { service, initial, log, metrics, observer, clock, now, running };
}

type Listeners = Pick<App, 'http' | 'grpc' | 'admin'>;

function createListeners(
  core: Core,
  keys: KeyReadiness,
  { pending }: ReloadReports,
  history: History,
  limits: PeerLimits,
): Listeners {
  const { initial, log, metrics, observer, running, now } = core;
  const { decide, refuse } = createDecider(
    () => running.engine.parts,
    observer,
    () => running.tracing,
  );
  const peers = { limits, room: new Room(ROOM_BYTES) };
  const deciding = { decide, refuse, challenges: () => running.engine.challenges, now, ...peers };
  const readinessBy = (look: () => Readiness) => (): Readiness =>
    running.phase === 'running' ? look() : { ready: false, reason: running.phase };
  const readiness = readinessBy(keys.probe);
  const situation = situationOf({
    version: core.service.version,
    engine: () => running.engine,
    readiness: readinessBy(keys.look),
    history,
    distinctUsers: metrics.distinctUsers,
    pending,
    now,
    date: () => new Date(),
  });
  const status = { situation, diagnose, page: statusPage, pagePolicy: CONTENT_SECURITY_POLICY };
  const http = createHttpListener({
    ...deciding,
    isDraining: () => running.phase === 'draining',
    drainSeconds: () => drainSecondsOf(running),
  });
  const grpc =
    initial.config.sidecar.grpc === null
      ? null
      : createGrpcListener({ ...deciding, isReady: () => readiness().ready });
  const { registry } = metrics;
  const admin = createOpsListener({
    registry,
    readiness,
    status,
    limits,
    failed: (cause) => observer.backgroundFailed('admin', cause),
    ...guardedPosts(core),
  });
  reportTurnedAway(log, 'http', http.server);
  if (grpc !== null) reportTurnedAway(log, 'grpc', grpc.server);
  reportTurnedAway(log, 'admin', admin.server);
  return { http, grpc, admin };
}

/** What operators may ask for, with a token where the listener wants one. */
function guardedPosts({ observer, running }: Core): Pick<OpsOptions, 'recheck' | 'explain'> {
  const token = () => running.engine.settings.config.sidecar.recheck_token;
  return {
    recheck: {
      recheck: () => running.engine.recheck,
      token,
      rechecked: observer.rechecked,
      failed: (cause) => observer.backgroundFailed('recheck', cause),
    },
    explain: {
      explain: () => running.engine.explain,
      token,
      explained: observer.explained,
      failed: (cause) => observer.backgroundFailed('explain', cause),
    },
  };
}

function lifecycle(
  core: Core,
  { http, grpc, admin }: Listeners,
  history: History,
): Pick<App, 'start' | 'stop' | 'drainAndStop'> {
  const { running, log, initial } = core;
  const { sidecar } = initial.config;
  const stop = async (): Promise<void> => {
    running.phase = 'draining';
    history.stop();
    await Promise.all([
      closing(core, () => http.close()),
      closing(core, async () => grpc?.close()),
      closing(core, async () => admin.close()),
    ]);
    await closing(core, () => running.engine.close(null));
    await closing(core, async () => running.tracing?.stop());
    await log.finish();
  };
  return {
    stop,
    async start() {
      try {
        running.tracing = await startTracing(core);
        const addresses = {
          http: await listenOn(http, sidecar.http),
          grpc: grpc === null || sidecar.grpc === null ? null : await listenOn(grpc, sidecar.grpc),
          admin: await listenOn(admin, sidecar.admin),
        };
        running.phase = 'running';
        history.start();
        return addresses;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    async drainAndStop() {
      running.phase = 'draining';
      grpc?.drain();
      await drain(drainSecondsOf(running) * 1000);
      await stop();
    },
  };
}

/** Decides by another configuration from the next request on. */
function takeOver(settings: Settings, core: Core) {
  const { running, log, metrics, observer, clock } = core;
  const previous = running.engine;
  const engine = createEngine({ settings, observer, clock, previous });
  running.engine = engine;
  previous.stopBackground(engine);
  log.setLevel(settings.config.sidecar.log_level);
  metrics.gatedEventTypes.set(engine.gatedEventTypes);
  retire(core, previous, engine);
  return { previous, engine };
}

/** Closes a replaced engine's connections once no request can still be using them. */
function retire(core: Core, replaced: Engine, successor: Engine): void {
  const close = (): void => void closing(core, () => replaced.close(successor));
  setTimeout(close, replaced.parts.defaultTimeoutMs).unref();
}

/** What cannot be closed keeps nothing else from it, least of all the end of the log. */
async function closing({ observer }: Core, close: () => Promise<unknown>): Promise<void> {
  try {
    await close();
  } catch (cause) {
    observer.backgroundFailed('stop', cause);
  }
}

/** Null unless traces are wanted. The libraries are loaded only then: they take 15 MB (docs/decisions/0045). */
async function startTracing({ initial: { config, ca }, service, log, now }: Core): Promise<Tracing | null> {
  const settings = config.sidecar.tracing;
  if (settings === null) return null;
  const { createTracing } = await import('./tracing/tracing.js');
  const { endpoint, sample_ratio: sampleRatio } = settings;
  return createTracing({ endpoint, sampleRatio, ca, service, observer: exportReports(log), now });
}
