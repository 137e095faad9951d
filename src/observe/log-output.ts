import { pino } from 'pino';
import type { LogOutput } from './logger.js';

/** An information waits for company until so many bytes, or so many milliseconds; a warning is written at once. */
const COMPANY_BYTES = 8_192;
const COMPANY_MS = 100;

/** Bytes of log that may wait for a reader that does not keep up; beyond that lines are dropped and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export interface BufferedOutputOptions {
  /** The file descriptor, such as 1. */
  readonly fd: number;
  /** Told once per line that found no room. */
  readonly onDrop: () => void;
  /** Told when the log can no longer be written, such as with EPIPE. */
  readonly onError: (error: NodeJS.ErrnoException) => void;
}

/**
 * Writes to a file descriptor behind the event loop's back, many lines at a time: a reader that stalls costs log lines,
 * never decisions.
 */
export function bufferedOutput({ fd, onDrop, onError }: BufferedOutputOptions): LogOutput {
  const stream = pino.destination({
    fd,
    sync: false,
    minLength: COMPANY_BYTES,
    periodicFlush: COMPANY_MS,
    maxLength: MAX_WAITING_BYTES,
  });
  stream.on('drop', onDrop);
  stream.on('error', onError);
  return stream;
}
