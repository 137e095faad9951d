import { readBearer } from '../authorization.js';
import type { IdentityResolver, Resolution } from '../resolver.js';
import { readToken, type TokenParts } from '../token.js';
import type { Exchange } from './exchange.js';
import { issuerOf } from './provider-claims.js';
import { RememberedStrangers } from './remembered-strangers.js';
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
  const strangers = new RememberedStrangers(MAX_REMEMBERED);
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
  /** The provider in whose name a token comes, or null. */
  const match = (token: string): { provider: KnownProvider; parts: TokenParts } | null => {
    const parts = readToken(token);
    const provider = byIssuer.get((parts === null ? null : issuerOf(parts.payload)) ?? '');
    if (parts !== null && provider !== undefined) return { provider, parts };
    strangers.add(token);
    return null;
  };
  return {
    mode: others.mode,
    async resolve(values, remainingMs) {
      const authorization = readBearer(values);
      const token = authorization.kind === 'credentials' ? authorization.token : null;
      if (token === null || strangers.has(token)) return others.resolve(values, remainingMs);
      const entry = remembered.get(token);
      if (entry !== null) return known(entry.source, entry.user);
      const matched = match(token);
      if (matched === null) return others.resolve(values, remainingMs);
      const verdict = await matched.provider.verify(token, matched.parts, remainingMs);
      if (verdict.kind === 'unavailable') return UNAVAILABLE;
      if (verdict.kind === 'invalid') return INVALID;
      remembered.add(token, matched.provider, verdict.user);
      return known(matched.provider, verdict.user);
    },
  };
}
