import { readBearer } from '../authorization.js';
import type { IdentityResolver, Resolution } from '../resolver.js';
import { readToken } from '../token.js';
import type { Exchange } from './exchange.js';
import { issuerOf } from './provider-claims.js';
import { type KeyGeneration, RememberedUsers } from './remembered-users.js';
import type { ProviderSettings } from './settings.js';
import type { ProviderUser, ProviderVerifier } from './verifier.js';

/** A provider, and who verifies its tokens. */
export interface KnownProvider extends KeyGeneration {
  readonly settings: ProviderSettings;
  readonly verify: ProviderVerifier;
}

export interface ProvidersResolverOptions {
  readonly providers: readonly KnownProvider[];
  /** Who judges every other request: the shared secret, or auth-o-tron. */
  readonly others: IdentityResolver;
  readonly exchange: Exchange;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** A digest and a user each: a few megabytes. */
const MAX_REMEMBERED = 10_000;

const UNAVAILABLE: Resolution = {
  kind: 'unavailable',
  mode: 'jwks',
  message: 'Authentication service temporarily unavailable',
};
const INVALID: Resolution = { kind: 'unauthenticated', mode: 'jwks', message: 'Invalid or expired token' };

/**
 * Bearer tokens whose `iss` is exactly a provider's are verified with that provider's keys, and nothing but them;
 * whatever else comes is for the others, as if there were no providers.
 */
export function providersResolver(options: ProvidersResolverOptions): IdentityResolver {
  const { others, exchange } = options;
  const byIssuer = new Map(options.providers.map((provider) => [provider.settings.issuer, provider]));
  const remembered = new RememberedUsers<KnownProvider>(MAX_REMEMBERED, options.now);
  const known = ({ settings }: KnownProvider, { identity, expiresAt }: ProviderUser): Resolution => ({
    kind: 'user',
    mode: 'jwks',
    identity,
    provided: {
      ecpdsUser: settings.ecpdsUsers,
      authorization: () => exchange(identity, expiresAt),
    },
  });
  return {
    mode: others.mode,
    async resolve(values, remainingMs) {
      const authorization = readBearer(values);
      if (authorization.kind !== 'credentials') return others.resolve(values, remainingMs);
      const { token } = authorization;
      const entry = remembered.get(token);
      if (entry !== null) return known(entry.source, entry.user);
      const parts = readToken(token);
      const issuer = parts === null ? null : issuerOf(parts.payload);
      const provider = issuer === null ? undefined : byIssuer.get(issuer);
      if (parts === null || provider === undefined) return others.resolve(values, remainingMs);
      const verdict = await provider.verify(token, parts, remainingMs);
      if (verdict.kind === 'unavailable') return UNAVAILABLE;
      if (verdict.kind === 'invalid') return INVALID;
      remembered.add(token, provider, verdict.user);
      return known(provider, verdict.user);
    },
  };
}
