import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { redactedSummary } from './config/redact.js';
import type { Config } from './config/schema.js';
import { CHECK_OUTCOME_LABELS, type CheckOutcome } from './domain/check-outcome.js';
import { fetchOutcomeLabel } from './domain/fetch-outcome.js';
import type { KeyState } from './domain/key-state.js';
import type { ServerState } from './domain/server-state.js';
import type { Engine } from './engine.js';
import { stateOf } from './key-readiness.js';
import type { DistinctUsers } from './observe/distinct-users.js';
import type { History, Past } from './observe/history.js';
import type { Readiness } from './transport/ops/route.js';
import type { PendingConfiguration, ProviderView, ServerView, Situation } from './triage/situation.js';

export interface SituationSources {
  readonly version: string;
  /** The engine that decides at the moment. */
  readonly engine: () => Engine;
  readonly readiness: () => Readiness;
  readonly history: Pick<History, 'past'>;
  readonly distinctUsers: Pick<DistinctUsers, 'count'>;
  readonly pending: () => PendingConfiguration | null;
  /** Monotonic, in milliseconds: the clock of the servers' states. */
  readonly now: () => number;
  /** The time of day. */
  readonly date: () => Date;
}

/** Tells how the process stands. The start is when this is made. */
export function situationOf(sources: SituationSources): () => Promise<Situation> {
  const startedAt = sources.now();
  return async () => {
    const past = await sources.history.past();
    const { version, engine, readiness, pending, now, date } = sources;
    const { settings, ecpds, keys, gatedEventTypes } = engine();
    const at = date();
    const change = pending();
    return {
      at: at.toISOString(),
      version,
      hostname: hostname(),
      uptimeSeconds: (now() - startedAt) / 1000,
      readiness: readinessView(readiness()),
      gatedEventTypes,
      recent: past.recent,
      history: stepsOf(past, at),
      servers: ecpds?.servers().map((state) => serverView(state, now())) ?? [],
      providers: keys.states().map(providerView),
      cache: cacheView(ecpds?.checker.cacheSize() ?? 0, settings.config),
      distinctUsers: usersOf(sources.distinctUsers),
      configuration: withoutAccount(redactedSummary(settings.config)),
      ...(settings.files === undefined
        ? {}
        : { configurationFiles: settings.files.map((file) => resolve(file)) }),
      ...(change === null ? {} : { pending: change }),
    };
  };
}

const readinessView = (state: Readiness): Situation['readiness'] =>
  state.ready ? { ready: true, reason: null } : { ready: false, reason: state.reason };

const stepsOf = ({ steps }: Past, now: Date): Situation['history'] =>
  steps.map(({ endedAgoSeconds, ...activity }) => ({
    ...activity,
    at: new Date(now.getTime() - endedAgoSeconds * 1000).toISOString(),
  }));

function serverView(state: ServerState, now: number): ServerView {
  const { index, server, failure, circuitOpen, inFlight, queued } = state;
  return {
    index,
    server: server.href,
    failure:
      failure === null
        ? null
        : {
            outcome: fetchOutcomeLabel(failure.outcome),
            error: failure.error,
            forSeconds: (now - failure.since) / 1000,
          },
    circuitOpen,
    inFlight,
    queued,
  };
}

function providerView(state: KeyState): ProviderView {
  const { provider, required, keys, ageSeconds, lastOutcome, lastError } = state;
  return { provider, required, state: stateOf(state), keys, ageSeconds, lastOutcome, lastError };
}

/** Without `ecpds` nothing is cached. */
const cacheView = (size: number, { ecpds }: Config): Situation['cache'] => ({
  size,
  maxEntries: ecpds?.max_entries ?? 0,
  ttlSeconds: ecpds?.cache_ttl_seconds ?? 0,
});

const usersOf = (users: Pick<DistinctUsers, 'count'>): Record<CheckOutcome, number> =>
  Object.fromEntries(CHECK_OUTCOME_LABELS.map((outcome) => [outcome, users.count(outcome)])) as Record<
    CheckOutcome,
    number
  >;

/** A page for whoever reaches the admin listener names no account, not even the service's own. */
function withoutAccount(summary: Record<string, unknown>): Record<string, unknown> {
  const { ecpds } = summary;
  if (typeof ecpds !== 'object' || ecpds === null) return summary;
  return { ...summary, ecpds: { ...ecpds, username: '[redacted]' } };
}
