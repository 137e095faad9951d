import type { AuthorizeParts } from './authorize.js';
import { type Clock, DestinationCache } from './checker/cache.js';
import { type Checker, createChecker } from './checker/checker.js';
import { createFetcher } from './checker/fetcher.js';
import type { CheckObserver } from './checker/observer.js';
import type { AuthConfig, Config, EcpdsConfig, StreamSchema } from './config/schema.js';
import { createHttpClient, type HttpClient } from './http/client.js';
import { authOTronResolver } from './identity/auth-o-tron.js';
import { exchangeWith } from './identity/jwks/exchange.js';
import type { KeyObserver } from './identity/jwks/observer.js';
import { providersResolver } from './identity/jwks/resolver.js';
import type { IdentityResolver } from './identity/resolver.js';
import { sharedSecretVerifier, trustedProxyResolver } from './identity/shared-secret.js';
import { createKeyProviders, type KeyProviders } from './key-providers.js';
import { type Gate, gateTable } from './policy/gates.js';

/** Everything decisions are made with, built from one configuration. Replaced as a whole by a reload. */
export interface Engine {
  readonly settings: Settings;
  readonly parts: AuthorizeParts;
  /** The checker, kept across reloads that leave `ecpds` as it was. */
  readonly ecpds: EcpdsEngine | null;
  /** The key providers; their keys are kept across reloads that would fetch them in the same way. */
  readonly keys: KeyProviders;
  /** The `WWW-Authenticate` values of a 401. */
  readonly challenges: readonly string[];
  readonly gatedEventTypes: number;
  /** Closes what this engine does not share with `successor`; requests in flight finish first. */
  close(successor: Engine | null): Promise<void>;
}

interface EcpdsEngine {
  readonly checker: Checker;
  readonly client: HttpClient;
}

/** A configuration, and the content of its `sidecar.ca_file`. */
export interface Settings {
  readonly config: Config;
  /** PEM text, or null when no file is configured. */
  readonly ca: string | null;
}

export interface EngineOptions {
  readonly settings: Settings;
  readonly observer: CheckObserver & KeyObserver;
  readonly clock: Clock;
  /** The engine to replace: its cached lists are kept when ECPDS would be asked the same way. */
  readonly previous: Engine | null;
}

/** What a request may take beside the time that ECPDS has. */
const MARGIN_MS = 1000;
/** What a request may take when there is no ECPDS to wait for. */
const NO_ECPDS_TIMEOUT_MS = 30_000;

export function createEngine(options: EngineOptions): Engine {
  const { settings, clock } = options;
  const { config } = settings;
  const ecpds = ecpdsEngine(options);
  const keys = keyProviders(options);
  const auth = authEngine(settings, keys);
  const gates = gateTable(gatesOf(config.notification_schema), config.notification_schema_strict);
  return {
    settings,
    ecpds,
    keys,
    challenges: config.auth.mode === 'direct' ? ['Bearer', 'Basic'] : ['Bearer'],
    gatedEventTypes: gates.gatedCount,
    parts: {
      gates,
      resolver: auth?.resolver ?? null,
      adminRoles: config.auth.admin_roles,
      destinations:
        ecpds === null || config.ecpds === null
          ? null
          : { matchKey: config.ecpds.match_key, checker: ecpds.checker },
      defaultTimeoutMs:
        MARGIN_MS + (config.ecpds ? seconds(config.ecpds.request_timeout_seconds) : NO_ECPDS_TIMEOUT_MS),
      now: () => clock.now(),
    },
    async close(successor) {
      keys.stopRefreshing(successor?.keys ?? null);
      await keys.close(successor?.keys ?? null);
      await auth?.client?.close();
      if (successor?.ecpds !== ecpds) await ecpds?.client.close();
    },
  };
}

const seconds = (count: number): number => count * 1000;

function ecpdsEngine({ settings, observer, clock, previous }: EngineOptions): EcpdsEngine | null {
  const { ecpds } = settings.config;
  if (ecpds === null) return null;
  if (previous !== null && asksAlike(previous.settings, settings)) return previous.ecpds;
  const client = createHttpClient({
    connectTimeoutMs: seconds(ecpds.connect_timeout_seconds),
    ca: settings.ca,
  });
  const cache = new DestinationCache(
    { ttlMs: seconds(ecpds.cache_ttl_seconds), maxEntries: ecpds.max_entries },
    clock,
  );
  const fetcher = createFetcher(fetcherSettings(ecpds), client.fetch, observer);
  return { client, checker: createChecker(cache, fetcher, clock, observer) };
}

const asksAlike = (before: Settings, after: Settings): boolean =>
  JSON.stringify(before.config.ecpds) === JSON.stringify(after.config.ecpds) && before.ca === after.ca;

/** The `ecpds` block in the units of the code; the command line asks servers with the same settings. */
export const fetcherSettings = (ecpds: EcpdsConfig) => ({
  username: ecpds.username,
  password: ecpds.password,
  targetField: ecpds.target_field,
  requestTimeoutMs: seconds(ecpds.request_timeout_seconds),
  servers: ecpds.servers,
  policy: ecpds.partial_outage_policy,
});

interface AuthEngine {
  readonly resolver: IdentityResolver;
  readonly client: HttpClient | null;
}

function keyProviders({ settings, observer, clock, previous }: EngineOptions): KeyProviders {
  const { identity } = settings.config.sidecar;
  return createKeyProviders({ identity, ca: settings.ca, observer, clock, previous: previous?.keys ?? null });
}

function authEngine({ config: { auth }, ca }: Settings, keys: KeyProviders): AuthEngine | null {
  if (!auth.enabled) return null;
  const verify = sharedSecretVerifier(auth.jwt_secret, Date.now);
  const exchange = exchangeWith(auth.jwt_secret, Date.now);
  const besideProviders = (others: IdentityResolver): IdentityResolver =>
    keys.known.length === 0
      ? others
      : providersResolver({ providers: keys.known, others, exchange, now: Date.now });
  if (auth.mode === 'trusted_proxy') {
    return { resolver: besideProviders(trustedProxyResolver(verify)), client: null };
  }
  const client = createHttpClient({ connectTimeoutMs: auth.timeout_ms, ca });
  const authOTron = authOTronResolver(authOTronSettings(auth), client.fetch, verify);
  return { resolver: besideProviders(authOTron), client };
}

const authOTronSettings = (auth: AuthConfig) => ({ url: auth.auth_o_tron_url, timeoutMs: auth.timeout_ms });

function gatesOf(schemas: ReadonlyMap<string, StreamSchema>): ReadonlyMap<string, Gate> {
  return new Map(
    [...schemas].map(([eventType, schema]) => [
      eventType,
      { required: schema.required, readRoles: schema.read_roles, destination: schema.match_rule },
    ]),
  );
}
