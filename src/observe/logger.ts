import { hostname } from 'node:os';
import { type DestinationStream, type Logger, pino } from 'pino';
import { logfmtLine } from './logfmt.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'json' | 'logfmt';

/** The name and version every event carries. */
export interface Service {
  readonly name: string;
  readonly version: string;
}

/** Writes one event: a line with `event_name`, the fields given, and a human-readable `message`. */
export interface EventLog {
  write(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>, message: string): void;
  setLevel(level: LogLevel): void;
  flush(): void;
}

/** @param destination where lines go; standard output in production */
export function createEventLog(
  service: Service,
  level: LogLevel,
  format: LogFormat,
  destination: DestinationStream,
): EventLog {
  const logger = createPino(service, level, format === 'json' ? destination : asLogfmt(destination));
  return {
    write(eventLevel, event, fields, message) {
      logger[eventLevel]({ event_name: event, ...fields }, message);
    },
    setLevel(next) {
      logger.level = next;
    },
    flush: () => logger.flush(),
  };
}

function createPino(service: Service, level: LogLevel, destination: DestinationStream): Logger {
  const base = { service_name: service.name, service_version: service.version, hostname: hostname() };
  const options = {
    level,
    base,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination);
}

const asLogfmt = (destination: DestinationStream): DestinationStream => ({
  write: (line: string) => destination.write(logfmtLine(JSON.parse(line))),
});
