import type { KeyState } from '../domain/key-state.js';

/** The `logger` of every record about keys, as the alert rules for logs look for it. */
export const KEY_LOGGER = 'cloud_connector';

/** The events about signing keys. The messages of the first two are what alerts match, to the letter. */
export const KEY_EVENTS = {
  oldKept: {
    event: 'auth.jwks.refresh.old_kept',
    level: 'warn',
    message: 'Old JWKS re-cached: some key providers failed',
  },
  incomplete: {
    event: 'auth.jwks.refresh.incomplete',
    level: 'error',
    message: 'Incomplete JWKS cached: some key providers failed, no old cache to fall back to',
  },
  changed: { event: 'auth.jwks.keys.changed', level: 'info', message: 'Key provider has other keys' },
  fetched: { event: 'auth.jwks.refresh.succeeded', level: 'debug', message: 'Key provider answered' },
  notReady: {
    event: 'auth.jwks.not_ready',
    level: 'warn',
    message: 'Not ready: keys of required providers were never had',
  },
} as const;

/** What became of a provider's keys in its last attempt. */
export function refreshEventOf(
  state: Pick<KeyState, 'stale' | 'keys'>,
  changed: boolean,
): keyof typeof KEY_EVENTS {
  if (state.stale) return state.keys > 0 ? 'oldKept' : 'incomplete';
  return changed ? 'changed' : 'fetched';
}
