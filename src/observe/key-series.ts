import { Counter, Gauge, type Registry } from 'prom-client';
import { KEY_FETCH_OUTCOMES, type KeyState } from '../domain/key-state.js';

/** The series about signing keys (contract section 7). Their label values are the configured providers. */
export interface KeySeries {
  readonly fetches: Counter<'oidc_provider' | 'outcome'>;
}

/** @param states the configured providers, asked for at each scrape */
export function createKeySeries(registry: Registry, states: () => readonly KeyState[]): KeySeries {
  const gauge = (name: string, help: string, read: (state: KeyState) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['oidc_provider'],
      registers: [registry],
      collect() {
        this.reset();
        for (const state of states()) this.set({ oidc_provider: state.provider }, read(state));
      },
    });
  };
  gauge(
    'aviso_jwks_keys',
    'Keys of a provider that tokens are verified with; 0 when there are none',
    ({ keys }) => keys,
  );
  gauge(
    'aviso_jwks_age_seconds',
    'Time since the last successful fetch of the keys; since the start while there was none',
    ({ ageSeconds }) => ageSeconds,
  );
  gauge('aviso_jwks_stale', '1 when the last attempt to fetch the keys failed', ({ stale }) =>
    stale ? 1 : 0,
  );
  gauge(
    'aviso_jwks_waiting',
    '1 while keys of a required provider were never had, so that a new process does not become ready',
    ({ required, hadKeys }) => (required && !hadKeys ? 1 : 0),
  );
  return {
    fetches: new Counter({
      name: 'aviso_jwks_fetch_total',
      help: 'Attempts to fetch the keys of a provider, by outcome',
      labelNames: ['oidc_provider', 'outcome'],
      registers: [registry],
      collect() {
        for (const { provider } of states()) {
          for (const outcome of KEY_FETCH_OUTCOMES) this.inc({ oidc_provider: provider, outcome }, 0);
        }
      },
    }),
  };
}
