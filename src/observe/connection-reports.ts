import type { Server } from 'node:net';
import type { EventLog } from './logger.js';

/** A line at once, and then at most one so often, in milliseconds: a flood of connections must not flood the log. */
const QUIET_MS = 10_000;

/** Says when a listener turns connections away because it has as many as it may have. */
export function reportTurnedAway(
  log: Pick<EventLog, 'write'>,
  listener: 'http' | 'grpc' | 'admin',
  server: Server,
  quietMs = QUIET_MS,
): void {
  let turnedAway = 0;
  let quiet: NodeJS.Timeout | null = null;
  const say = (): void => {
    quiet = null;
    if (turnedAway === 0) return;
    const fields = { listener, connections: server.maxConnections, turned_away: turnedAway };
    log.write('warn', 'process.connections.refused', fields, 'Connections turned away: there are too many');
    turnedAway = 0;
    quiet = setTimeout(say, quietMs).unref();
  };
  server.on('drop', () => {
    turnedAway += 1;
    if (quiet === null) say();
  });
}
