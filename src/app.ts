import type { FastifyInstance } from 'fastify';
import type { Clock } from './checker/clock.js';
import type { Problem } from './config/problem.js';
import { createDecider } from './decider.js';
import type { Tracing } from './domain/tracing.js';
import { createEngine, type Engine, type Settings } from './engine.js';
import type { GrpcServer } from './grpc/server.js';
import { keyReadiness } from './key-readiness.js';
import { ROOM_BYTES, Room } from './net/collector.js';
import { PEER_LIMITS, type PeerLimits } from './net/peer-limits.js';
import { reportTurnedAway } from './observe/connection-reports.js';
import { History } from './observe/history.js';
import { createEventLog, type EventLog, type LogOutput, type Service } from './observe/logger.js';
import { createMetrics, type Metrics } from './observe/metrics.js';
import { createRecorder } from './observe/recorder.js';
import { readCounts } from './observe/totals.js';
import { exportReports } from './observe/trace-recorder.js';
import { reloadReports, settingsNeedingRestart } from './reload.js';
import { situationOf } from './situation.js';
import { CONTENT_SECURITY_POLICY, statusPage } from './status-page/page.js';
import { createGrpcListener } from './transport/grpc-listener.js';
import { createHttpListener, type HttpListener } from './transport/http-listener.js';
import { listenOn } from './transport/listen.js';
import { createOpsListener, type Readiness } from './transport/ops/route.js';
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

type Phase = 'starting' | 'running' | 'draining';

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
  const service = packageInfo();
  const { sidecar } = initial.config;
  const log = createEventLog(service, sidecar.log_level, sidecar.log_format, output);
  const metrics = createMetrics(service.version, {
    cacheSize: () => engine.ecpds?.checker.cacheSize() ?? 0,
    keyStates: () => engine.keys.states(),
    serverStates: () => engine.ecpds?.servers() ?? [],
    now: () => clock.now(),
  });
  const observer = createRecorder(log, metrics);
  let engine: Engine = createEngine({ settings: initial, observer, clock, previous: null });
  let phase: Phase = 'starting';
  metrics.gatedEventTypes.set(engine.gatedEventTypes);

  let tracing: Tracing | null = null;
  const { decide, refuse } = createDecider(
    () => engine.parts,
    observer,
    () => tracing,
  );
  const peers = { limits, room: new Room(ROOM_BYTES) };
  const deciding = { decide, refuse, challenges: () => engine.challenges, now: () => clock.now(), ...peers };
  const http = createHttpListener({ ...deciding, isDraining: () => phase === 'draining' });
  const keys = keyReadiness(() => engine.keys.states(), observer);
  const readinessBy = (look: () => Readiness) => (): Readiness =>
    phase === 'running' ? look() : { ready: false, reason: phase };
  const readiness = readinessBy(keys.probe);
  const grpc =
    sidecar.grpc === null ? null : createGrpcListener({ ...deciding, isReady: () => readiness().ready });
  const token = () => engine.settings.config.sidecar.recheck_token;
  const recheck = {
    recheck: () => engine.recheck,
    token,
    rechecked: observer.rechecked,
    failed: (cause: unknown) => observer.backgroundFailed('recheck', cause),
  };
  const explain = {
    explain: () => engine.explain,
    token,
    explained: observer.explained,
    failed: (cause: unknown) => observer.backgroundFailed('explain', cause),
  };
  const reports = reloadReports(log, metrics, () => clock.now());
  const history = new History({
    read: () => readCounts(metrics),
    now: () => clock.now(),
    failed: (cause) => observer.backgroundFailed('history', cause),
  });
  const situation = situationOf({
    version: service.version,
    engine: () => engine,
    readiness: readinessBy(keys.look),
    history,
    distinctUsers: metrics.distinctUsers,
    pending: reports.pending,
    now: () => clock.now(),
    date: () => new Date(),
  });
  const status = { situation, diagnose, page: statusPage, pagePolicy: CONTENT_SECURITY_POLICY };
  const admin = createOpsListener({
    registry: metrics.registry,
    readiness,
    recheck,
    explain,
    status,
    limits,
  });
  reportTurnedAway(log, 'http', http.server);
  if (grpc !== null) reportTurnedAway(log, 'grpc', grpc.server);
  reportTurnedAway(log, 'admin', admin.server);

  const stop = async (): Promise<void> => {
    phase = 'draining';
    history.stop();
    await Promise.all([http.close(), grpc?.close(), admin.close()]);
    await engine.close(null);
    await tracing?.stop();
    log.flush();
  };
  return {
    log,
    metrics,
    http,
    grpc,
    admin,
    async start() {
      try {
        tracing = await startTracing(initial, service, log, clock);
        const addresses = {
          http: await listenOn(http, sidecar.http),
          grpc: grpc === null || sidecar.grpc === null ? null : await listenOn(grpc, sidecar.grpc),
          admin: await listenOn(admin, sidecar.admin),
        };
        phase = 'running';
        history.start();
        return addresses;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    reload(settings) {
      const previous = engine;
      keys.note();
      engine = createEngine({ settings, observer, clock, previous });
      previous.stopBackground(engine);
      log.setLevel(settings.config.sidecar.log_level);
      metrics.gatedEventTypes.set(engine.gatedEventTypes);
      retire(previous, engine);
      reports.succeeded(previous, engine, settingsNeedingRestart(initial.config, settings.config));
    },
    reloadRefused: (problems) => reports.refused(problems),
    async drainAndStop() {
      phase = 'draining';
      grpc?.drain();
      await new Promise((resolve) =>
        setTimeout(resolve, engine.settings.config.sidecar.drain_seconds * 1000),
      );
      await stop();
    },
    stop,
  };
}

/** Closes a replaced engine's connections once no request can still be using them. */
function retire(engine: Engine, successor: Engine): void {
  setTimeout(() => void engine.close(successor), engine.parts.defaultTimeoutMs).unref();
}

/** Null unless traces are wanted. The libraries are loaded only then: they take 15 MB (docs/decisions/0045). */
async function startTracing(
  { config, ca }: Settings,
  service: Service,
  log: EventLog,
  clock: Clock,
): Promise<Tracing | null> {
  const settings = config.sidecar.tracing;
  if (settings === null) return null;
  const { createTracing } = await import('./tracing/tracing.js');
  const { endpoint, sample_ratio: sampleRatio } = settings;
  const observer = exportReports(log);
  return createTracing({ endpoint, sampleRatio, ca, service, observer, now: () => clock.now() });
}
