import type { Test } from 'tap';
import { signedBy, type TestKey, testKey } from '../helpers/keys.js';
import { type OidcIssuer, startOidcIssuer } from '../helpers/oidc-issuer.js';
import { type ProviderApp, startProviderApp } from '../helpers/provider-app.js';
import { inSeconds } from '../helpers/tokens.js';
import { becomes } from '../proxies/client.js';

export type Name = 'Gitlab' | 'CustomersDot';
export const NAMES: readonly Name[] = ['Gitlab', 'CustomersDot'];
export const OLD_KEPT = 'Old JWKS re-cached: some key providers failed';
export const INCOMPLETE = 'Incomplete JWKS cached: some key providers failed, no old cache to fall back to';
/** The configured times, in milliseconds. */
export const COOLDOWN = 30_000;
export const MAX_STALE = 86_400_000;

/** Keys are slow to make, and which ones they are makes no difference. */
export const KEYS: Readonly<Record<Name, TestKey>> = {
  Gitlab: testKey('rsa', 'gitlab-1'),
  CustomersDot: testKey('rsa', 'dot-1'),
};
const UNKNOWN = testKey('rsa', 'nobody-knows');

/** Two real providers and the sidecar between them and a test. */
export interface Bench {
  readonly issuers: Readonly<Record<Name, OidcIssuer>>;
  readonly app: ProviderApp;
  /** A token of Alice from the provider itself. */
  token(name: Name, claims?: Record<string, unknown>): Promise<string>;
  /** The statuses that users of both providers get. */
  statuses(): Promise<Record<Name, number>>;
  /** The status of a token whose key the provider does not know: it asks for the keys, if that is due. */
  unknownKey(name: Name): Promise<number>;
  /** What was logged about keys with these messages since the last call: message and provider. */
  records(): (readonly [message: unknown, provider: unknown])[];
}

export interface BenchOptions {
  /** Which providers are down from the start. */
  readonly down?: readonly Name[];
  /** Over what both are configured with. */
  readonly providers?: Partial<Record<Name, Record<string, unknown>>>;
}

export async function startBench(t: Test, { down = [], providers = {} }: BenchOptions = {}): Promise<Bench> {
  const issuers = {
    Gitlab: await startOidcIssuer(KEYS.Gitlab),
    CustomersDot: await startOidcIssuer(KEYS.CustomersDot),
  };
  t.teardown(() => Promise.all(NAMES.map((name) => issuers[name].close())));
  for (const name of down) issuers[name].fail('down');
  const app = await startProviderApp(identityBlock(issuers, providers));
  t.teardown(() => app.close());
  const attempted = (name: Name): boolean => app.events.some((event) => event['oidc_provider'] === name);
  if (!(await becomes(() => NAMES.every(attempted)))) throw new Error('the keys were not even tried');
  let seen = 0;
  const token: Bench['token'] = (name, claims = {}) =>
    issuers[name].token({ username: 'alice', roles: [], ...claims });
  return {
    issuers,
    app,
    token,
    async statuses() {
      const [Gitlab, CustomersDot] = await Promise.all(
        NAMES.map(async (name) => app.status(await token(name))),
      );
      return { Gitlab: Gitlab ?? 0, CustomersDot: CustomersDot ?? 0 };
    },
    unknownKey: (name) =>
      app.status(
        signedBy(UNKNOWN, {
          iss: issuers[name].issuer,
          aud: 'aviso',
          exp: inSeconds(600),
          username: 'alice',
        }),
      ),
    records() {
      const fresh = app.events.slice(seen);
      seen = app.events.length;
      return fresh
        .filter(({ message }) => message === OLD_KEPT || message === INCOMPLETE)
        .map((event) => [event['message'], event['oidc_provider']] as const);
    },
  };
}

export const identityBlock = (
  issuers: Readonly<Record<Name, OidcIssuer>>,
  over: Partial<Record<Name, Record<string, unknown>>> = {},
) => ({
  refresh_seconds: 3600,
  cooldown_seconds: COOLDOWN / 1000,
  max_stale_seconds: MAX_STALE / 1000,
  providers: [
    {
      name: 'Gitlab',
      issuer: issuers.Gitlab.issuer,
      jwks_uri: `${issuers.Gitlab.issuer}/jwks`,
      realm: 'gitlab',
      ...COMMON,
      ...over.Gitlab,
    },
    {
      name: 'CustomersDot',
      issuer: issuers.CustomersDot.issuer,
      discovery: true,
      realm: 'customers',
      ...COMMON,
      ...over.CustomersDot,
    },
  ],
});

const COMMON = { audience: 'aviso', username_claim: 'username', roles_claim: 'roles', ecpds_users: true };
