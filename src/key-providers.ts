import { isDeepStrictEqual } from 'node:util';
import type { Clock } from './checker/clock.js';
import type { SidecarConfig } from './config/schema.js';
import type { KeyState } from './domain/key-state.js';
import { createHttpClient, type HttpClient, type HttpClientSettings } from './http/client.js';
import { fetchKeys } from './identity/jwks/fetch-keys.js';
import type { KeyObserver } from './identity/jwks/observer.js';
import { afterTimeout, createRefresher, type Refresher } from './identity/jwks/refresher.js';
import type { KnownProvider } from './identity/jwks/resolver.js';
import {
  KEY_CONNECT_TIMEOUT_MS,
  type KeySource,
  type ProviderSettings,
  type RefreshSettings,
} from './identity/jwks/settings.js';
import { KeySlot } from './identity/jwks/slot.js';
import { providerVerifier } from './identity/jwks/verifier.js';

type IdentityConfig = SidecarConfig['identity'];

/** The key providers of one configuration. */
export interface KeyProviders {
  readonly known: readonly KnownProvider[];
  states(): readonly KeyState[];
  /** Stops the background refreshes that `successor` does not go on with; requests in flight still get their keys. */
  stopRefreshing(successor: KeyProviders | null): void;
  /** Closes the connections that `successor` does not share. */
  close(successor: KeyProviders | null): Promise<void>;
  /** For the successor only. */
  readonly sources: readonly RunningSource[];
}

/** One provider's keys, kept fresh. */
interface RunningSource {
  readonly from: SourceSettings;
  readonly slot: KeySlot;
  readonly refresher: Refresher;
  readonly client: HttpClient;
}

/** What decides which keys are had, and when. */
interface SourceSettings {
  readonly source: KeySource;
  readonly refresh: RefreshSettings;
  readonly ca: string | null;
}

export interface KeyProvidersOptions {
  readonly identity: IdentityConfig;
  readonly ca: string | null;
  readonly observer: KeyObserver;
  /** Monotonic, in milliseconds. */
  readonly clock: Clock;
  /** The providers to replace: keys that would be had in the same way are kept. */
  readonly previous: KeyProviders | null;
  /** How providers are reached; left out, over the network. */
  readonly connect?: ((settings: HttpClientSettings) => HttpClient) | undefined;
}

/** Starts to fetch the keys of every provider that is new. */
export function createKeyProviders(options: KeyProvidersOptions): KeyProviders {
  const { identity, ca, previous } = options;
  const refresh = refreshSettings(identity);
  const parts = providerSettings(identity).map((settings) => {
    const from = { source: sourceOf(settings), refresh, ca };
    const kept = previous?.sources.find((source) => isDeepStrictEqual(source.from, from));
    return { settings, running: kept ?? startSource(from, options) };
  });
  const sources = parts.map(({ running }) => running);
  const retired = (successor: KeyProviders | null): readonly RunningSource[] =>
    sources.filter((source) => successor?.sources.includes(source) !== true);
  return {
    sources,
    known: parts.map(({ settings, running: { slot } }) => ({
      settings,
      verify: providerVerifier(settings, slot, Date.now),
      get generation() {
        return slot.generation;
      },
    })),
    states: () =>
      parts.map(({ settings, running }) => ({ ...running.slot.state(), required: settings.required })),
    stopRefreshing: (successor) => {
      for (const { refresher } of retired(successor)) refresher.stop();
    },
    async close(successor) {
      await Promise.all(retired(successor).map(({ client }) => client.close()));
    },
  };
}

function startSource(from: SourceSettings, options: KeyProvidersOptions): RunningSource {
  const { clock, observer, connect = createHttpClient } = options;
  const client = connect({ connectTimeoutMs: KEY_CONNECT_TIMEOUT_MS, ca: from.ca });
  const slot = new KeySlot({
    provider: from.source.name,
    refresh: from.refresh,
    fetch: (known) => fetchKeys(from.source, known, client.fetch),
    now: () => clock.now(),
    attempted(attempt) {
      refresher.plan();
      observer.keysAttempted(attempt);
    },
  });
  const refresher = createRefresher(slot, afterTimeout, Math.random);
  void slot.refresh();
  return { from, slot, refresher, client };
}

const sourceOf = ({ name, issuer, jwksUri, algorithms }: ProviderSettings): KeySource => ({
  name,
  issuer,
  jwksUri,
  algorithms,
});

const refreshSettings = (identity: IdentityConfig): RefreshSettings => ({
  refreshMs: identity.refresh_seconds * 1000,
  cooldownMs: identity.cooldown_seconds * 1000,
  maxStaleMs: identity.max_stale_seconds * 1000,
});

/** The `providers` in the units of the code; the command line probes them with the same settings. */
export function providerSettings({ providers }: IdentityConfig): ProviderSettings[] {
  const reserved = providers.flatMap(({ realm }) => realm ?? []);
  return providers.map((provider) => ({
    name: provider.name,
    issuer: provider.issuer,
    jwksUri: provider.jwks_uri === undefined ? null : new URL(provider.jwks_uri),
    audience: provider.audience ?? null,
    algorithms: provider.algorithms,
    realm:
      provider.realm_claim === undefined
        ? { kind: 'fixed', realm: provider.realm ?? '' }
        : { kind: 'claim', claim: provider.realm_claim, reserved },
    usernameClaim: provider.username_claim,
    rolesClaim: provider.roles_claim ?? null,
    required: provider.required,
    ecpdsUsers: provider.ecpds_users,
  }));
}
