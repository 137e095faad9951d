import type { KeyState } from './domain/key-state.js';
import type { KeyObserver } from './identity/jwks/observer.js';
import type { ProviderReadiness, Readiness } from './transport/ops/route.js';

/** Readiness as far as keys go. */
export interface KeyReadiness {
  /** Looks anew. Each probe that fails is reported. */
  probe(): Readiness;
  /** The same without a report: for pages that people look at. */
  look(): Readiness;
  /** Looks without asking: to be called before the providers change. */
  note(): void;
}

/**
 * Not ready before every required provider had a usable set once, and from then on always.
 *
 * Keys that are lost later show in the body and the series, not in the status: taking every replica out of service would
 * punish the users of the healthy providers.
 */
export function keyReadiness(states: () => readonly KeyState[], observer: KeyObserver): KeyReadiness {
  let wasReady = false;
  const waitingFor = (): readonly string[] => {
    const waiting = states().filter(({ required, hadKeys }) => required && !hadKeys);
    wasReady ||= waiting.length === 0;
    return waiting.map(({ provider }) => provider);
  };
  const look = (): Readiness => {
    waitingFor();
    const providers = states().map(summary);
    if (wasReady) return { ready: true, ...(providers.length === 0 ? {} : { providers }) };
    return { ready: false, reason: 'keys', providers };
  };
  return {
    note: () => void waitingFor(),
    look,
    probe() {
      const state = look();
      if (!state.ready) observer.notReady(waitingFor());
      return state;
    },
  };
}

const summary = (state: KeyState): ProviderReadiness => ({
  oidc_provider: state.provider,
  required: state.required,
  state: stateOf(state),
  keys: state.keys,
  age_seconds: Math.round(state.ageSeconds),
  error: state.lastError,
});

/** What became of a provider's keys, in a word. */
export function stateOf({ hadKeys, keys, stale }: KeyState): ProviderReadiness['state'] {
  if (!hadKeys) return 'none';
  if (keys === 0) return 'expired';
  return stale ? 'old' : 'fresh';
}
