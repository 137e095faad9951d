import { readBearer } from '../authorization.js';
import type { IdentityResolver, KnownUser, Resolution } from '../resolver.js';
import { readToken, type TokenParts } from '../token.js';
import type { KeyGeneration, VerifiedByProvider, VerifiedTokens } from '../verified-tokens.js';
import type { Exchange } from './exchange.js';
import { issuerOf } from './provider-claims.js';
import type { ProviderSettings } from './settings.js';
import { isExpired, type ProviderUser, type ProviderVerifier } from './verifier.js';

/** A provider, and who verifies its tokens. */
export interface KnownProvider extends KeyGeneration {
  readonly settings: ProviderSettings;
  readonly verify: ProviderVerifier;
}

export interface ProvidersResolverOptions {
  readonly providers: readonly KnownProvider[];
  /** Who judges every other request: the shared secret, or auth-o-tron. */
  readonly others: IdentityResolver;
  /**
   * Where good tokens are remembered. May be shared with `others` when it puts there what clients sent, and nothing
   * else: what the shared secret verified is taken for no provider's without another look.
   */
  readonly tokens: VerifiedTokens;
  readonly exchange: Exchange;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

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
  const { others, tokens, exchange, now } = options;
  const match = matcher(options.providers);
  return {
    mode: others.mode,
    async resolve(values, remainingMs) {
      const authorization = readBearer(values);
      if (authorization.kind !== 'credentials') return others.resolve(values, remainingMs);
      const { token } = authorization;
      const known = tokens.recall(token);
      if (known?.by === 'shared_secret') return others.resolve(values, remainingMs);
      if (known !== undefined) {
        if (isStillGood(known, now())) return known.user;
        tokens.forget(token);
      }
      const matched = match(token);
      if (matched === null) return others.resolve(values, remainingMs);
      const { provider: keys, parts } = matched;
      const verdict = await keys.verify(token, parts, remainingMs);
      if (verdict.kind === 'unavailable') return UNAVAILABLE;
      if (verdict.kind === 'invalid') return INVALID;
      const { expiresAt, generation } = verdict.user;
      const user = knownUser(keys, verdict.user, exchange);
      tokens.remember(token, { by: 'provider', keys, generation, expiresAt, user });
      return user;
    },
  };
}

/** In whose name a token comes; null when it is no provider's. */
function matcher(providers: readonly KnownProvider[]) {
  const byIssuer = new Map(providers.map((provider) => [provider.settings.issuer, provider]));
  return (token: string): { readonly provider: KnownProvider; readonly parts: TokenParts } | null => {
    const parts = readToken(token);
    const provider = parts === null ? undefined : byIssuer.get(issuerOf(parts.payload) ?? '');
    return parts === null || provider === undefined ? null : { provider, parts };
  };
}

/** As good as verifying it again: it has not expired, and neither were its keys fetched anew nor did they grow too old. */
const isStillGood = ({ keys, generation, expiresAt }: VerifiedByProvider, nowMs: number): boolean =>
  keys.generation === generation && !isExpired(expiresAt, nowMs);

const knownUser = (
  { settings }: KnownProvider,
  { identity, expiresAt }: ProviderUser,
  exchange: Exchange,
): KnownUser => ({
  kind: 'user',
  mode: 'jwks',
  identity,
  provided: { ecpdsUser: settings.ecpdsUsers, authorization: exchange(identity, expiresAt) },
});
