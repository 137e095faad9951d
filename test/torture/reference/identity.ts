import { createHmac, timingSafeEqual } from 'node:crypto';
import { claimedUser, tripsReaders, uint64 } from './claims.js';
import { algorithmOf, type CompactToken, isSoundHeader, readCompact } from './compact-token.js';
import { credentialsIn } from './credentials.js';
import { memberOf, textOf } from './json.js';
import { providerIdentities } from './provider.js';
import type { Truth } from './world.js';

/** Who may rightly be taken to have sent a request. */
export type Who =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'user';
      readonly username: string;
      readonly realm: string | null;
      readonly roles: readonly string[];
      /** ECPDS knows the user by this name. */
      readonly isKnownToEcpds: boolean;
      /** The provider that the user comes from; null for Aviso's own users. */
      readonly issuer: string | null;
    };

/** How far past its `exp` Aviso takes a token, in seconds. */
const LEEWAY_SECONDS = 60;
const REFUSED: Who = { kind: 'refused' };

/** Who sent a request, by all its `Authorization` values (contract section 2, "Identity"); several where that is open. */
export function identitiesOf(values: readonly string[], truth: Truth): readonly Who[] {
  const credentials = credentialsIn(values);
  switch (credentials.kind) {
    case 'anonymous':
      return [{ kind: 'anonymous' }];
    case 'several':
      return [REFUSED];
    case 'unclear':
      return [{ kind: 'anonymous' }, REFUSED];
    case 'token':
      return bearerIdentities(credentials.token, truth);
  }
}

function bearerIdentities(token: string, truth: Truth): readonly Who[] {
  const compact = readCompact(token);
  if (compact === null || !isSoundHeader(compact.header)) return [REFUSED];
  const issuer = textOf(memberOf(compact.claims, 'iss'));
  const provider = truth.providers.find((one) => one.issuer === issuer);
  if (provider !== undefined) return providerIdentities(token, compact, provider, truth.now);
  const user = sharedSecretUser(compact, truth);
  if (user === null) return [REFUSED];
  return compact.isDoubtful || tripsReaders(compact.claims) ? [user, REFUSED] : [user];
}

function sharedSecretUser(compact: CompactToken, truth: Truth): Who | null {
  if (algorithmOf(compact.header) !== 'HS256' || !isSigned(compact, truth.jwtSecret)) return null;
  const expires = uint64(memberOf(compact.claims, 'exp'));
  if (expires === null || expires + BigInt(LEEWAY_SECONDS) < BigInt(truth.now)) return null;
  const user = claimedUser(compact.claims);
  return user === null ? null : { kind: 'user', ...user, isKnownToEcpds: true, issuer: null };
}

function isSigned({ signed, signature }: CompactToken, secret: string): boolean {
  const right = createHmac('sha256', secret).update(signed).digest();
  return right.length === signature.length && timingSafeEqual(right, signature);
}
