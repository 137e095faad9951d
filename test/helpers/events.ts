import type { EventLog, LogLevel } from '../../src/observe/logger.js';

export interface WrittenEvent {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An event log that keeps what is written to it. */
export function listedEvents(): { log: EventLog; events: WrittenEvent[] } {
  const events: WrittenEvent[] = [];
  const log: EventLog = {
    writes: () => true,
    write: (level, event, fields) => void events.push({ level, event, fields }),
    setLevel: () => undefined,
    finish: async () => undefined,
  };
  return { log, events };
}

/** A destination of log lines that keeps them. */
export function listedLines(): { destination: { write(line: string): void }; lines: string[] } {
  const lines: string[] = [];
  return { destination: { write: (line) => void lines.push(line) }, lines };
}
