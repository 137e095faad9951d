import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file,
  find,
  replace,
  caughtBy: 'tokens',
});

/** Programs that take tokens which Aviso, or the provider in whose name they come, would not stand for. */
export const TOKEN_MUTANTS: readonly Mutant[] = [
  mutant(
    'exp is ignored',
    'src/identity/shared-secret.js',
    'expiresAt < BigInt(Math.floor(nowMs / 1000)) - LEEWAY_SECONDS',
    'false',
  ),
  mutant(
    'exp has a second more',
    'src/identity/shared-secret.js',
    'const LEEWAY_SECONDS = 60n;',
    'const LEEWAY_SECONDS = 61n;',
  ),
  mutant(
    'alg none needs no signature',
    'src/identity/shared-secret.js',
    "if (parts === null || parts.header.members.get('alg') !== 'HS256')",
    "if (parts?.header.members.get('alg') === 'none')\n            return readClaims(parts.payload);\n        if (parts === null || parts.header.members.get('alg') !== 'HS256')",
  ),
  mutant(
    'signatures are not compared',
    'src/identity/shared-secret.js',
    '!(await isSignedWith(usable, token))',
    'false',
  ),
  mutant(
    'base64url need not be canonical',
    'src/identity/token.js',
    " && Buffer.from(segment, 'base64url').toString('base64url') === segment",
    '',
  ),
  mutant('a header may bring a key', 'src/identity/token.js', "name !== 'jwk' && name !== 'x5c'", 'true'),
  mutant(
    'a user may have no name',
    'src/identity/claims.js',
    "if (name === null || name === '')",
    'if (name === null)',
  ),
  mutant('the last of repeated claims counts', 'src/identity/claims.js', ' || claims.repeated', ''),
  mutant(
    "a provider's audience is ignored",
    'src/identity/jwks/provider-claims.js',
    "if (!isForAudience(members.get('aud'), provider.audience))",
    'if (false)',
  ),
  mutant(
    "a provider's signatures are not compared",
    'src/identity/jwks/verifier.js',
    ' || !(await isSignedWith(lookup.key, algorithm, token))',
    '',
  ),
  mutant('any provider has users of ECPDS', 'src/authorize.js', 'provided?.ecpdsUser === true', 'true'),
  mutant(
    'a key is taken whatever its name',
    'src/identity/jwks/key-set.js',
    'kid === null ? keys : keys.filter((key) => key.kid === kid)',
    'keys',
  ),
];
