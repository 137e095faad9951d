import t from 'tap';
import { exchangeWith } from '../../../src/identity/jwks/exchange.js';
import { sharedSecretVerifier } from '../../../src/identity/shared-secret.js';
import { identity } from '../../helpers/identity.js';
import { JWT_SECRET } from '../../helpers/tokens.js';

const NOW_MS = 1_800_000_000_500;
const NOW = 1_800_000_000;
const user = identity({
  username: 'ålice "x"',
  realm: 'gitlab',
  issuer: 'https://gitlab.example',
  roles: ['a'],
});
const exchange = exchangeWith(JWT_SECRET, () => NOW_MS);
const claimsOf = (header: string) =>
  JSON.parse(Buffer.from(header.split('.')[1] ?? '', 'base64url').toString('utf8'));

t.test('Aviso is shown a token of its own secret that says who the user is, and nothing else', async (t) => {
  const header = exchange(user, BigInt(NOW + 3600));
  t.match(header, /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  t.same(claimsOf(header), { username: 'ålice "x"', realm: 'gitlab', roles: ['a'], exp: NOW + 60 });
  const known = await sharedSecretVerifier(JWT_SECRET, () => NOW_MS)(header.slice('Bearer '.length));
  t.same(known, { ...user, issuer: null });
});

t.test('it lives for a minute at most, and never longer than the token it stands for', async (t) => {
  for (const left of [3600, 61, 60, 59, 1, 0, -5]) {
    t.equal(claimsOf(exchange(user, BigInt(NOW + left))).exp, NOW + Math.min(60, left));
  }
});
