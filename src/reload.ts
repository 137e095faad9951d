import { isDeepStrictEqual } from 'node:util';
import type { Problem } from './config/problem.js';
import type { Config } from './config/schema.js';
import type { Engine } from './engine.js';
import { errorText } from './observe/error-text.js';
import type { EventLog } from './observe/logger.js';
import type { Metrics } from './observe/metrics.js';
import type { PendingConfiguration } from './triage/situation.js';

/** Tells operators what became of a configuration that changed while running. */
export interface ReloadReports {
  succeeded(previous: Engine, current: Engine, needRestart: readonly string[]): void;
  refused(problems: readonly Problem[]): void;
  /** A fault of this program kept a configuration from being taken over as a whole. */
  broke(cause: unknown): void;
  /** What the files say by now and is not what runs; null when they agree. */
  pending(): PendingConfiguration | null;
}

/** @param now the monotonic clock that a refusal is timed by, in milliseconds */
export function reloadReports(log: EventLog, metrics: Metrics, now: () => number): ReloadReports {
  let refusedAt: number | null = null;
  let waiting: readonly string[] = [];
  const failed = (fields: Record<string, unknown>): void => {
    refusedAt ??= now();
    metrics.reloads.inc({ outcome: 'failure' });
    const message = 'Configuration not reloaded, the old one stays';
    log.write('error', 'configuration.reload.failed', fields, message);
  };
  return {
    succeeded(previous, current, needRestart) {
      refusedAt = null;
      waiting = needRestart;
      metrics.reloads.inc({ outcome: 'success' });
      const cache = previous.ecpds?.lists === current.ecpds?.lists ? 'kept' : 'dropped';
      const fields = { cache, gated_event_types: current.gatedEventTypes, need_restart: needRestart };
      const level = needRestart.length === 0 ? 'info' : 'warn';
      log.write(level, 'configuration.reload.succeeded', fields, 'Configuration reloaded');
    },
    refused: (problems) => failed({ problems }),
    broke: (cause) => failed({ problems: [], error: errorText(cause) }),
    pending() {
      const refusedForSeconds = refusedAt === null ? null : (now() - refusedAt) / 1000;
      return refusedForSeconds === null && waiting.length === 0
        ? null
        : { refusedForSeconds, needRestart: waiting };
    },
  };
}

const RESTART_SETTINGS = ['http', 'grpc', 'admin', 'log_format', 'tracing'] as const;

/** The settings that differ from those the process was started with and only a restart can change. */
export function settingsNeedingRestart(atStart: Config, now: Config): string[] {
  return RESTART_SETTINGS.filter((name) => !isDeepStrictEqual(atStart.sidecar[name], now.sidecar[name])).map(
    (name) => `sidecar.${name}`,
  );
}
