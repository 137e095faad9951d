import t from 'tap';
import { asUsername } from '../../../src/domain/names.js';
import { type Exchange, exchangeWith } from '../../../src/identity/jwks/exchange.js';
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
const exchange = (...token: Parameters<Exchange>) => exchangeWith(JWT_SECRET, () => NOW_MS)(...token)();
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

t.test('one is signed for all requests of a second, and each second another', async (t) => {
  let now = NOW_MS;
  const header = exchangeWith(JWT_SECRET, () => now)(user, BigInt(NOW + 62));
  const exps: unknown[] = [];
  for (const at of [0, 400, 499, 500, 1499, 1500, 1600, 2500, 60_000]) {
    now = NOW_MS + at;
    exps.push(claimsOf(header()).exp - NOW);
    t.equal(header(), exchangeWith(JWT_SECRET, () => now)(user, BigInt(NOW + 62))(), 'as if signed anew');
  }
  t.same(exps, [60, 60, 60, 61, 61, 62, 62, 62, 62]);
});

t.test('a clock that is set back makes no token that outlives its minute', async (t) => {
  let now = NOW_MS;
  const header = exchangeWith(JWT_SECRET, () => now)(user, BigInt(NOW + 3600));
  t.equal(claimsOf(header()).exp, NOW + 60);
  now -= 30_000;
  t.equal(claimsOf(header()).exp, NOW + 30);
});

t.test('what is made for one token is shown for no other', async (t) => {
  const make = exchangeWith(JWT_SECRET, () => NOW_MS);
  const alice = make(user, BigInt(NOW + 3600));
  const bob = make({ ...user, username: asUsername('bob') }, BigInt(NOW + 3600));
  t.match(claimsOf(alice()), { username: 'ålice "x"' });
  t.match(claimsOf(bob()), { username: 'bob' });
  t.match(claimsOf(alice()), { username: 'ålice "x"' });
});
