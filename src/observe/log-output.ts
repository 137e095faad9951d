import { pino } from 'pino';
import type { LogOutput } from './logger.js';

/** An information waits for company until so many bytes, or so many milliseconds; a warning is written at once. */
const COMPANY_BYTES = 8_192;
const COMPANY_MS = 100;

/** Bytes of log that may wait for a reader that does not keep up; beyond that lines are dropped and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** How long the end waits for a reader that does not keep up, in milliseconds. */
const END_WITHIN_MS = 1_000;

export interface BufferedOutputOptions {
  /** The file descriptor, such as 1. One that does not block, or the process cannot end while nobody reads it. */
  readonly fd: number;
  /** Told once per line that found no room. */
  readonly onDrop: () => void;
  /** Told when the log can no longer be written, such as with EPIPE. */
  readonly onError: (error: NodeJS.ErrnoException) => void;
  /** Told when the end did not wait any longer: the last lines are lost. */
  readonly onLost: () => void;
}

/** Each is followed by a tenth of a second in which nothing else runs. */
const MAX_TRIES_AT_EXIT = 5;

/**
 * Whether to go on with a reader that has no room: always, but for the exit of the process, where pino writes what waits at
 * once, and would hang.
 */
function patience(): () => boolean {
  let triesOfThisTurn = 0;
  return () => {
    if (triesOfThisTurn === 0) {
      setImmediate(() => {
        triesOfThisTurn = 0;
      });
    }
    triesOfThisTurn += 1;
    return triesOfThisTurn <= MAX_TRIES_AT_EXIT;
  };
}

type Destination = ReturnType<typeof pino.destination>;

/**
 * Writes to a file descriptor behind the event loop's back, many lines at a time: a reader that stalls costs log lines,
 * never decisions, and not the end of the process either.
 */
export function bufferedOutput({ fd, onDrop, onError, onLost }: BufferedOutputOptions): LogOutput {
  const stream = pino.destination({
    fd,
    sync: false,
    minLength: COMPANY_BYTES,
    periodicFlush: COMPANY_MS,
    maxLength: MAX_WAITING_BYTES,
    retryEAGAIN: patience(),
  });
  stream.on('drop', onDrop);
  stream.on('error', onError);
  let ending: Promise<void> | null = null;
  return {
    write(line) {
      if (ending === null) stream.write(line);
    },
    flush() {
      if (ending === null) stream.flush();
    },
    finish() {
      ending ??= ended(stream).then((whole) => {
        if (!whole) onLost();
      });
      return ending;
    },
  };
}

/** Whether everything was written in time. */
function ended(stream: Destination): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
      // Else pino would go on trying when the process exits, for as long as it takes.
      stream.destroy();
    }, END_WITHIN_MS);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
    stream.end();
  });
}
