import type { KeyAttempt, KeyObserver } from '../identity/jwks/observer.js';
import type { KeySeries } from './key-series.js';
import { KEY_EVENTS, KEY_LOGGER, refreshEventOf } from './key-vocabulary.js';
import type { EventLog } from './logger.js';

/** Says what happens to signing keys: one record and one count for each attempt of a provider. */
export function createKeyRecorder(log: EventLog, { fetches }: KeySeries): KeyObserver {
  const write = (kind: keyof typeof KEY_EVENTS, fields: Record<string, unknown>): void => {
    const { event, level, message } = KEY_EVENTS[kind];
    log.write(level, event, { logger: KEY_LOGGER, ...fields }, message);
  };
  return {
    keysAttempted(attempt) {
      const { provider, lastOutcome } = attempt.state;
      if (lastOutcome !== null) fetches.inc({ oidc_provider: provider, outcome: lastOutcome });
      write(refreshEventOf(attempt.state, attempt.changedTo !== null), fieldsOf(attempt));
    },
    notReady(waitingFor) {
      write('notReady', { cloud_connector_ready: false, oidc_providers: waitingFor });
    },
  };
}

function fieldsOf({ state, durationMs, status, changedTo, skipped }: KeyAttempt): Record<string, unknown> {
  return {
    oidc_provider: state.provider,
    outcome: state.lastOutcome,
    ...(state.lastError === null ? {} : { error: state.lastError }),
    status_code: status,
    duration_ms: Math.round(durationMs),
    keys: state.keys,
    age_seconds: Math.round(state.ageSeconds),
    ...(changedTo === null ? {} : { kids: changedTo }),
    ...(skipped.length === 0 ? {} : { skipped_keys: skipped }),
  };
}
