import { setFlagsFromString } from 'node:v8';
import closeWithGrace from 'close-with-grace';
import { type Addresses, type App, createApp } from '../app.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { errorTrace } from '../observe/error-text.js';
import { bufferedOutput } from '../observe/log-output.js';
import { loadForCommand } from './configuration.js';
import { type FileMark, type FileMarks, markOf } from './file-marks.js';
import { Reloader } from './reloader.js';
import { EXIT, type Terminal } from './terminal.js';

export interface ServeOptions {
  readonly config: readonly string[];
}

/** How often configuration and secret files are looked at. */
const WATCH_INTERVAL_MS = 2_000;
/** A file that changed is read when it has stayed as it is for so long. */
const SETTLE_MS = 500;
/** What closing may take beyond the drain before the process ends regardless. */
const CLOSE_MARGIN_MS = 10_000;

/** Serves until a signal; returns an exit code only when it could not start. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number | null> {
  keepHeapSmall();
  const marks = new Map<string, FileMark>();
  const loaded = await loadForCommand(
    options.config,
    terminal,
    async (path) => void marks.set(path, await markOf(path)),
  );
  if (loaded === null) return EXIT.usage;
  const app: App = createApp(
    loaded,
    bufferedOutput({
      fd: process.stdout.fd,
      onDrop: () => app.metrics.droppedLogLines.inc(),
      onError: (error) => stopUnheard(error, terminal),
      onLost: () => terminal.err('nobody reads the log: ending without its last lines'),
    }),
  );
  const addresses = await bound(app, terminal);
  if (addresses === null) return EXIT.failed;
  // Signals count from before anybody is told that there is somebody to send one to.
  drainOnSignal(app, loaded.config, reloadOnChange(app, options, marks, terminal.env));
  sayReady(app, addresses, loaded);
  return null;
}

function drainOnSignal(app: App, config: Config, stopWatching: () => void): void {
  closeWithGrace(
    {
      delay: closeWithinMs(config),
      logger: false,
      skip: ['SIGHUP', 'beforeExit'],
    },
    async ({ err, signal }) => {
      stopWatching();
      if (err !== undefined)
        app.log.write('error', 'process.failed', { error: errorTrace(err) }, 'Unexpected error, stopping');
      app.log.write('info', 'shutdown.started', { signal: signal ?? null }, 'Draining before shutdown');
      await app.drainAndStop();
    },
  );
}

/**
 * By default V8 lets garbage grow as large as what is alive before it collects; a copy of this per pod should not take
 * twice what it needs (docs/decisions/0024-small-heap.md).
 */
function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}

/** Decisions that nobody can look up are not made: a service manager that restarts this brings the log back. */
function stopUnheard(error: NodeJS.ErrnoException, terminal: Terminal): void {
  terminal.err(`cannot write the log (${error.code ?? error.name}): stopping`);
  throw error;
}

/** The drain, what a request begun at its end may still take, and a margin; in milliseconds. */
function closeWithinMs({ ecpds, sidecar }: Config): number {
  return (sidecar.drain_seconds + (ecpds?.request_timeout_seconds ?? 0)) * 1000 + CLOSE_MARGIN_MS;
}

/** The addresses of the listeners, or null, said with a cure, when one cannot be bound. */
async function bound(app: App, terminal: Terminal): Promise<Addresses | null> {
  try {
    return await app.start();
  } catch (error) {
    terminal.err(`cannot listen: ${error instanceof Error ? error.message : 'unknown error'}`);
    terminal.err(
      '  -> an address in each of `sidecar.http`, `sidecar.grpc` and `sidecar.admin` that is free on this host',
    );
    return null;
  }
}

function sayReady(app: App, addresses: Addresses, { config, warnings, sources }: LoadedConfig): void {
  const gated = [...config.notification_schema].filter(([, schema]) => schema.gated).map(([name]) => name);
  app.log.write('info', 'startup.listening', { ...addresses, sources, gated_event_types: gated }, 'Ready');
  for (const { path, problem, cure } of warnings) {
    app.log.write(
      'warn',
      'configuration.warning',
      { path, problem, cure },
      'The configuration is valid but risky',
    );
  }
}

/**
 * SIGHUP or a changed file reloads; a configuration with problems changes nothing, is reported and counted.
 *
 * @param marks the files of the configuration that runs, as they were before they were read
 */
function reloadOnChange(
  app: App,
  { config: files }: ServeOptions,
  marks: FileMarks,
  env: NodeJS.ProcessEnv,
): () => void {
  const reloader = new Reloader(
    {
      load: (onRead) => loadConfig({ files, env, onRead }),
      taken: (loaded) => app.reload(loaded),
      refused: (problems) => app.reloadRefused(problems),
      broke: (cause) => app.reloadBroke(cause),
      intervalMs: WATCH_INTERVAL_MS,
      settleMs: SETTLE_MS,
    },
    marks,
  );
  // Stays until the end: without a listener, a SIGHUP during the drain would end the process.
  process.on('SIGHUP', () => reloader.request());
  return () => reloader.close();
}
