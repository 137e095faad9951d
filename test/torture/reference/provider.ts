import { constants, verify } from 'node:crypto';
import { texts, uint64 } from './claims.js';
import { algorithmOf, type CompactToken } from './compact-token.js';
import type { Who } from './identity.js';
import { isNothing, type Json, type JsonObject, memberOf, textOf } from './json.js';
import type { ProviderKey, ProviderTruth } from './world.js';

const REFUSED: readonly Who[] = [{ kind: 'refused' }];
/** Longer tokens are refused, in characters. */
const MAX_TOKEN_LENGTH = 16_384;
/** How far clocks may be apart: within it the contract leaves a provider's `exp` and `nbf` open, in seconds. */
const SKEW_SECONDS = 60n;
/** Members of a header that bring a key or say where one is. */
const KEY_MEMBERS = ['jwk', 'jku', 'x5u', 'x5c'];

/** Who a token in the name of a provider is of (contract section 7): its own keys, its own algorithms, no HMAC. */
export function providerIdentities(
  token: string,
  compact: CompactToken,
  provider: ProviderTruth,
  now: number,
): readonly Who[] {
  const { header, claims } = compact;
  const key = token.length > MAX_TOKEN_LENGTH ? null : keyFor(header, provider);
  const user = userIn(claims, provider);
  const time = timeOf(claims, BigInt(now));
  if (key === null || user === null || time === 'over' || !isSigned(compact, key)) return REFUSED;
  return time === 'now' && !compact.isDoubtful ? [user] : [user, ...REFUSED];
}

function keyFor(header: JsonObject, { algorithms, keys }: ProviderTruth): ProviderKey | null {
  const algorithm = algorithmOf(header) ?? '';
  if (!algorithms.includes(algorithm) || KEY_MEMBERS.some((name) => memberOf(header, name) !== undefined))
    return null;
  const kid = memberOf(header, 'kid');
  const fitting = keys.filter(
    (key) => key.algorithm === algorithm && (isNothing(kid) || key.kid === textOf(kid)),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function userIn(claims: JsonObject, provider: ProviderTruth): Who | null {
  const of = (name: string): Json | undefined => memberOf(claims, name);
  const roles = of('roles') === undefined ? [] : texts(of('roles'));
  const audience = textOf(of('aud'));
  const audiences = of('aud') === undefined ? [] : audience === undefined ? texts(of('aud')) : [audience];
  const username = textOf(of('username')) ?? '';
  if (roles === null || audiences === null || username === '') return null;
  if (provider.audience !== null && !audiences.includes(provider.audience)) return null;
  if (!isNothing(of('iat')) && uint64(of('iat')) === null) return null;
  return {
    kind: 'user',
    username,
    realm: provider.realm,
    roles,
    isKnownToEcpds: provider.ecpdsUsers,
    issuer: provider.issuer,
  };
}

function timeOf(claims: JsonObject, now: bigint): 'now' | 'nearly' | 'over' {
  const [expires, notBefore] = [uint64(memberOf(claims, 'exp')), memberOf(claims, 'nbf')];
  const begins = notBefore === undefined ? 0n : uint64(notBefore);
  if (expires === null || begins === null) return 'over';
  if (expires > now && begins <= now) return 'now';
  return expires + SKEW_SECONDS > now && begins <= now + SKEW_SECONDS ? 'nearly' : 'over';
}

/** JWS signatures by their algorithm (RFC 7518, section 3; RFC 8037, section 3.1). */
function isSigned({ signed, signature }: CompactToken, { algorithm, publicKey }: ProviderKey): boolean {
  const data = Buffer.from(signed, 'ascii');
  switch (algorithm) {
    case 'RS256':
      return verify('sha256', data, { key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'ES256':
      return verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
    case 'EdDSA':
      return verify(null, data, publicKey, signature);
    default:
      throw new Error(`the reference knows no ${algorithm}`);
  }
}
