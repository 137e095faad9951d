import { isDeepStrictEqual } from 'node:util';
import type { AuthorizeParts } from './authorize.js';
import type { Clock } from './checker/clock.js';
import type { CheckObserver } from './checker/observer.js';
import type { AuthConfig, Config, StreamSchema } from './config/schema.js';
import type { Explain } from './domain/explain.js';
import type { Recheck } from './domain/recheck.js';
import { createEcpdsEngine, type EcpdsEngine, ecpdsNamespaces, newLists } from './ecpds-engine.js';
import { createHttpClient, type HttpClient, type HttpClientSettings } from './http/client.js';
import { authOTronResolver } from './identity/auth-o-tron.js';
import { exchangeWith } from './identity/jwks/exchange.js';
import type { KeyObserver } from './identity/jwks/observer.js';
import { providersResolver } from './identity/jwks/resolver.js';
import type { IdentityResolver } from './identity/resolver.js';
import { sharedSecretVerifier, trustedProxyResolver } from './identity/shared-secret.js';
import { VerifiedTokens } from './identity/verified-tokens.js';
import { createKeyProviders, type KeyProviders } from './key-providers.js';
import { type Gate, gateTable } from './policy/gates.js';

/** Everything decisions are made with, built from one configuration. Replaced as a whole by a reload. */
export interface Engine {
  readonly settings: Settings;
  readonly parts: AuthorizeParts;
  /** Kept across reloads that leave `ecpds` and `sidecar.protections` as they were; where the latter change, its lists are. */
  readonly ecpds: EcpdsEngine | null;
  /** The key providers; their keys are kept across reloads that would fetch them in the same way. */
  readonly keys: KeyProviders;
  /** Verifies rights against fresh lists; null when nothing is gated. */
  readonly recheck: Recheck | null;
  /** Explains one right, by the cache and by a fresh look; null when nothing is gated. */
  readonly explain: Explain | null;
  /** The `WWW-Authenticate` values of a 401. */
  readonly challenges: readonly string[];
  readonly gatedEventTypes: number;
  /** Closes what this engine does not share with `successor`; requests in flight finish first. */
  close(successor: Engine | null): Promise<void>;
  /** Ends background refreshes and probes that `successor` does not go on with. */
  stopBackground(successor: Engine | null): void;
}

/** A configuration, the content of its `sidecar.ca_file`, and where it came from. */
export interface Settings {
  readonly config: Config;
  /** PEM text, or null when no file is configured. */
  readonly ca: string | null;
  /** The configuration files, for the commands that operators are told; left out when there are none. */
  readonly files?: readonly string[];
}

export interface EngineOptions {
  readonly settings: Settings;
  readonly observer: CheckObserver & KeyObserver;
  readonly clock: Clock;
  /** The engine to replace: its cached lists are kept when ECPDS would be asked the same way. */
  readonly previous: Engine | null;
  /** How ECPDS is reached; left out, over the network. */
  readonly connectEcpds?: (settings: HttpClientSettings) => HttpClient;
  /** How key providers are reached; left out, over the network. */
  readonly connectKeys?: (settings: HttpClientSettings) => HttpClient;
  /** How auth-o-tron is reached; left out, over the network. */
  readonly connectAuthOTron?: (settings: HttpClientSettings) => HttpClient;
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
  const auth = authEngine(options, keys);
  const gates = gateTable(gatesOf(config.notification_schema), config.notification_schema_strict);
  const stopBackground = (successor: Engine | null): void => {
    keys.stopRefreshing(successor?.keys ?? null);
    if (successor?.ecpds !== ecpds) ecpds?.stop();
  };
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
    recheck: ecpds === null ? null : recheckOf(ecpds, config),
    explain: ecpds === null ? null : explainOf(ecpds, config),
    stopBackground,
    async close(successor) {
      stopBackground(successor);
      await keys.close(successor?.keys ?? null);
      await auth?.client?.close();
      if (successor?.ecpds?.lists !== ecpds?.lists) await ecpds?.lists.client.close();
    },
  };
}

const seconds = (count: number): number => count * 1000;

/** Which users ECPDS knows can change while the lists stay. */
function recheckOf({ recheck }: EcpdsEngine, { sidecar }: Config): Recheck {
  const isEcpdsUser = ecpdsNamespaces(sidecar.identity.providers);
  return (pairs, requestId) => recheck(pairs, requestId, isEcpdsUser);
}

function explainOf({ explain }: EcpdsEngine, { sidecar }: Config): Explain {
  const isEcpdsUser = ecpdsNamespaces(sidecar.identity.providers);
  return (question, requestId) => explain(question, requestId, isEcpdsUser);
}

function ecpdsEngine(options: EngineOptions): EcpdsEngine | null {
  const { settings, observer, clock, previous, connectEcpds = createHttpClient } = options;
  const { ecpds, sidecar } = settings.config;
  if (ecpds === null) return null;
  const { protections } = sidecar;
  const alike = previous !== null && asksAlike(previous.settings, settings) ? previous : null;
  if (alike !== null && isDeepStrictEqual(alike.settings.config.sidecar.protections, protections))
    return alike.ecpds;
  const connect = () =>
    connectEcpds({ connectTimeoutMs: seconds(ecpds.connect_timeout_seconds), ca: settings.ca });
  const lists = alike?.ecpds?.lists ?? newLists(ecpds, protections.ttl_jitter, connect(), clock);
  return createEcpdsEngine({ ecpds, protections, lists, clock, observer });
}

/** Whether the same lists would be had in the same way, and be kept for as long. */
const asksAlike = (before: Settings, after: Settings): boolean =>
  JSON.stringify(askedBy(before)) === JSON.stringify(askedBy(after));

const askedBy = ({ config: { ecpds, sidecar }, ca }: Settings) => ({
  ecpds,
  ca,
  ttlJitter: sidecar.protections.ttl_jitter,
});

interface AuthEngine {
  readonly resolver: IdentityResolver;
  readonly client: HttpClient | null;
}

function keyProviders({ settings, observer, clock, previous, connectKeys }: EngineOptions): KeyProviders {
  const { identity } = settings.config.sidecar;
  const common = { identity, ca: settings.ca, observer, clock, connect: connectKeys };
  return createKeyProviders({ ...common, previous: previous?.keys ?? null });
}

function authEngine(options: EngineOptions, keys: KeyProviders): AuthEngine | null {
  const { settings, connectAuthOTron = createHttpClient } = options;
  const { ca } = settings;
  const { auth } = settings.config;
  if (!auth.enabled) return null;
  const tokens = new VerifiedTokens();
  const exchange = exchangeWith(auth.jwt_secret, Date.now);
  const besideProviders = (others: IdentityResolver): IdentityResolver =>
    keys.known.length === 0
      ? others
      : providersResolver({ providers: keys.known, others, tokens, exchange, now: Date.now });
  if (auth.mode === 'trusted_proxy') {
    const verify = sharedSecretVerifier(auth.jwt_secret, Date.now, tokens);
    return { resolver: besideProviders(trustedProxyResolver(verify)), client: null };
  }
  // What auth-o-tron answers with is no token that a client sent, and remembered apart from those.
  const verify = sharedSecretVerifier(auth.jwt_secret, Date.now);
  const client = connectAuthOTron({ connectTimeoutMs: auth.timeout_ms, ca });
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
