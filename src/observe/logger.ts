import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { logfmtLine } from './logfmt.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'json' | 'logfmt';

/** The name and version every event carries. */
export interface Service {
  readonly name: string;
  readonly version: string;
}

/** Where log lines go. An output that buffers has the other two. */
export interface LogOutput {
  write(line: string): void;
  /** Writes what waits, without waiting for it. */
  flush?(): void;
  /** Writes what waits and takes no more. Resolves soon, whatever the reader does, and never rejects. */
  finish?(): Promise<void>;
}

/** Writes one event: a line with `event_name`, the fields given, and a human-readable `message`. */
export interface EventLog {
  /** Whether an event of this level is written at all: asked first where its fields cost something. */
  writes(level: LogLevel): boolean;
  write(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>, message: string): void;
  setLevel(level: LogLevel): void;
  /** Writes what waits and nothing after it. Resolves soon, also when nobody reads the log. */
  finish(): Promise<void>;
}

/** @param output where lines go; standard output in production */
export function createEventLog(
  service: Service,
  level: LogLevel,
  format: LogFormat,
  output: LogOutput,
): EventLog {
  const logger = createPino(service, level, format === 'json' ? output : asLogfmt(output));
  return {
    writes: (eventLevel) => logger.isLevelEnabled(eventLevel),
    write(eventLevel, event, fields, message) {
      if (!logger.isLevelEnabled(eventLevel)) return;
      logger[eventLevel]({ event_name: event, ...fields }, message);
      if (eventLevel === 'warn' || eventLevel === 'error') output.flush?.();
    },
    setLevel(next) {
      logger.level = next;
    },
    finish: async () => output.finish?.(),
  };
}

function createPino(service: Service, level: LogLevel, output: LogOutput): Logger {
  const base = { service_name: service.name, service_version: service.version, hostname: hostname() };
  const options = {
    level,
    base,
    messageKey: 'message',
    timestamp: timestampMember(),
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, output);
}

/** The member of a line that says when, made once per millisecond. */
function timestampMember(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = `,"timestamp":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

const asLogfmt = (output: LogOutput): LogOutput => ({
  write: (line) => output.write(logfmtLine(JSON.parse(line))),
});
