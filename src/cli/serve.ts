import { unwatchFile, watchFile } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import closeWithGrace from 'close-with-grace';
import { type App, createApp } from '../app.js';
import { type LoadedConfig, type LoadOptions, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { errorTrace } from '../observe/error-text.js';
import { bufferedOutput } from '../observe/log-output.js';
import { loadForCommand } from './configuration.js';
import { EXIT, type Terminal } from './terminal.js';

export interface ServeOptions {
  readonly config: readonly string[];
}

/** How often configuration and secret files are looked at. */
const WATCH_INTERVAL_MS = 2_000;
/** What closing may take beyond the drain before the process ends regardless. */
const CLOSE_MARGIN_MS = 10_000;

/** Serves until a signal; returns an exit code only when it could not start. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number | null> {
  keepHeapSmall();
  const loaded = await loadForCommand(options.config, terminal);
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
  const started = await start(app, loaded, terminal);
  if (!started) return EXIT.failed;
  const stopWatching = reloadOnChange(app, options, loaded, terminal.env);
  closeWithGrace(
    {
      delay: closeWithinMs(loaded.config),
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
  return null;
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

async function start(
  app: App,
  { config, warnings, sources }: LoadedConfig,
  terminal: Terminal,
): Promise<boolean> {
  try {
    const addresses = await app.start();
    const gated = [...config.notification_schema].filter(([, schema]) => schema.gated).map(([name]) => name);
    app.log.write('info', 'startup.listening', { ...addresses, sources, gated_event_types: gated }, 'Ready');
  } catch (error) {
    terminal.err(`cannot listen: ${error instanceof Error ? error.message : 'unknown error'}`);
    terminal.err(
      '  -> an address in each of `sidecar.http`, `sidecar.grpc` and `sidecar.admin` that is free on this host',
    );
    return false;
  }
  for (const { path, problem, cure } of warnings) {
    app.log.write(
      'warn',
      'configuration.warning',
      { path, problem, cure },
      'The configuration is valid but risky',
    );
  }
  return true;
}

/** SIGHUP or a changed file reloads; a configuration with problems changes nothing, is reported and counted. */
function reloadOnChange(
  app: App,
  { config: files }: ServeOptions,
  { sources }: LoadedConfig,
  env: NodeJS.ProcessEnv,
): () => void {
  let pending: Promise<void> = Promise.resolve();
  const onChange = (): void => {
    pending = pending
      .then(async () => watched.watch((await reload(app, { files, env })) ?? []))
      .catch(report);
  };
  // A bug in one reload ends neither the process nor the next reload.
  const report = (cause: unknown): void => app.reloadBroke(cause);
  const watched = watchedFiles(onChange);
  watched.watch(sources);
  process.on('SIGHUP', onChange);
  return () => {
    process.off('SIGHUP', onChange);
    watched.close();
  };
}

/** Looks at files by path, so that a swapped symlink is seen, too. Files are added as configurations name them. */
function watchedFiles(onChange: () => void) {
  const watched = new Set<string>();
  return {
    watch(paths: readonly string[]): void {
      for (const path of paths.filter((path) => !watched.has(path))) {
        watched.add(path);
        watchFile(path, { interval: WATCH_INTERVAL_MS, persistent: false }, onChange);
      }
    },
    close(): void {
      for (const path of watched) unwatchFile(path, onChange);
    },
  };
}

/** The files of the configuration that was taken over, or null when it was refused. */
async function reload(app: App, from: LoadOptions): Promise<readonly string[] | null> {
  const loaded = await loadConfig(from);
  if (loaded.ok) {
    app.reload(loaded.value);
    return loaded.value.sources;
  }
  app.reloadRefused(loaded.failure);
  return null;
}
