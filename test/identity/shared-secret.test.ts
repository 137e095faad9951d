import { createSign, generateKeyPairSync, webcrypto } from 'node:crypto';
import t, { type Test } from 'tap';
import { sharedSecretVerifier, trustedProxyResolver } from '../../src/identity/shared-secret.js';
import { JWT_SECRET, sign, signRaw } from '../helpers/tokens.js';

const NOW_SECONDS = 1_800_000_000;
const NOW = NOW_SECONDS * 1000;
const HEADER = '{"typ":"JWT","alg":"HS256"}';
const claims = (exp: number | string = NOW_SECONDS + 60, more = '') =>
  `{"username":"alice","exp":${exp}${more}}`;
const verifierAt = (now: number, secret = JWT_SECRET) => sharedSecretVerifier(secret, () => now);
const verify = verifierAt(NOW);
const accepts = async (token: string, now = NOW) => (await verifierAt(now)(token)) !== null;

t.test('a token signed with the secret says who the user is', async (t) => {
  const token = signRaw(HEADER, claims(NOW_SECONDS + 1, ',"realm":"ecmwf","roles":["a"]'));
  t.same(await verify(token), { username: 'alice', realm: 'ecmwf', issuer: null, roles: ['a'] });
});

t.test('exp has 60 seconds of leeway and not one more', async (t) => {
  const expiring = (exp: number) => signRaw(HEADER, claims(exp));
  t.equal(await accepts(expiring(NOW_SECONDS - 60)), true);
  t.equal(await accepts(expiring(NOW_SECONDS - 61)), false);
  t.equal(await accepts(expiring(NOW_SECONDS)), true);
  t.equal(await accepts(expiring(0)), false);
  t.equal(await accepts(expiring(NOW_SECONDS - 60), NOW + 999), true, 'the last millisecond of the second');
  t.equal(await accepts(expiring(NOW_SECONDS - 60), NOW + 1000), false);
});

t.test('the clock is asked at each verification', async (t) => {
  let now = NOW;
  const verify = sharedSecretVerifier(JWT_SECRET, () => now);
  const token = signRaw(HEADER, claims(NOW_SECONDS));
  t.not(await verify(token), null);
  now += 61_000;
  t.equal(await verify(token), null);
});

t.test('the far end of time does not overflow', async (t) => {
  t.equal(await accepts(signRaw(HEADER, claims('18446744073709551615'))), true);
  t.equal(await accepts(signRaw(HEADER, claims('18446744073709551616'))), false);
});

t.test('nbf, iat and aud are not checked', async (t) => {
  t.equal(
    await accepts(
      signRaw(HEADER, claims(NOW_SECONDS, `,"nbf":${NOW_SECONDS + 9999},"iat":9999999999,"aud":"x"`)),
    ),
    true,
  );
});

t.test('no other secret and no changed byte is accepted', async (t) => {
  const token = signRaw(HEADER, claims());
  const [header = '', payload = '', signature = ''] = token.split('.');
  const forged = Buffer.from(claims().replace('alice', 'admin')).toString('base64url');
  t.equal(await accepts(signRaw(HEADER, claims(), `${JWT_SECRET} `)), false);
  t.equal(await accepts(signRaw(HEADER, claims(), 'x')), false);
  t.equal(await accepts(`${header}.${forged}.${signature}`), false);
  t.equal(await accepts(`${header}.${payload}.${signature.slice(0, -4)}`), false, 'a cut signature');
  t.equal(await accepts(`${header}.${payload}.AA`), false);
  t.equal(
    await accepts(`${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${payload}.${signature}`),
    false,
  );
});

t.test('no algorithm but HS256 is accepted, however the token is signed', async (t) => {
  const algorithms = [
    'none',
    'None',
    'NONE',
    '',
    'HS384',
    'HS512',
    'hs256',
    'HS256 ',
    'RS256',
    'ES256',
    'PS256',
    'EdDSA',
  ];
  for (const alg of algorithms) t.equal(await accepts(signRaw(`{"alg":"${alg}"}`, claims())), false, alg);
  t.equal(await accepts(signRaw('{"alg":"HS384"}', claims(), JWT_SECRET, 'sha384')), false);
  t.equal(await accepts(signRaw('{"alg":"HS512"}', claims(), JWT_SECRET, 'sha512')), false);
  t.equal(await accepts(signRaw(HEADER, claims(), JWT_SECRET, 'sha512')), false);
  t.equal(await accepts(signRaw('{"typ":"JWT"}', claims())), false, 'no alg at all');
});

t.test('a token without a signature is never accepted', async (t) => {
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(claims()).toString('base64url')}`;
  for (const token of [`${unsigned}.`, unsigned, `${unsigned}..`]) t.equal(await accepts(token), false);
});

t.test('a public key used as the secret does not open an asymmetric door', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const head = Buffer.from('{"alg":"RS256"}').toString('base64url');
  const signed = `${head}.${Buffer.from(claims()).toString('base64url')}`;
  const token = `${signed}.${createSign('sha256').update(signed).sign(privateKey).toString('base64url')}`;
  t.equal(await verifierAt(NOW, pem)(token), null);
});

t.test('an embedded key, crit and a repeated member are refused though rightly signed', async (t) => {
  const jwk = `{"kty":"oct","k":"${Buffer.from(JWT_SECRET).toString('base64url')}"}`;
  const headers = [
    `"jwk":${jwk}`,
    '"crit":["exp"]',
    '"crit":[]',
    '"crit":["b64"],"b64":false',
    '"b64":true',
    '"alg":"HS256"',
  ];
  for (const header of headers) {
    t.equal(await accepts(signRaw(`{"alg":"HS256",${header}}`, claims())), false, header);
  }
});

t.test('claims are read as strictly as bodies', async (t) => {
  const payloads = [
    '{"username":"a","username":"b","exp":9999999999}',
    '{"exp":9999999999}',
    '[]',
    `\ufeff${claims()}`,
  ];
  for (const payload of [...payloads, claims('9999999999.0'), claims('1e10')]) {
    t.equal(await accepts(signRaw(HEADER, payload)), false, encodeURI(payload));
  }
});

t.test('short and non-ASCII secrets work as they do in Aviso', async (t) => {
  for (const secret of ['k', 'sécret-ü', 'x'.repeat(500)]) {
    t.not(await verifierAt(NOW, secret)(signRaw(HEADER, claims(), secret)), null);
  }
});

t.test('garbage of any kind is a refusal and never an exception', async (t) => {
  for (const token of ['', '.', 'a.b.c', '\0', '😀.😀.😀', 'x'.repeat(65_536), '.'.repeat(65_536)]) {
    t.equal(await verify(token), null);
  }
});

t.test('behind a trusted proxy, header forms decide who is anonymous, refused or known', async (t) => {
  const resolver = trustedProxyResolver(verify);
  const token = signRaw(HEADER, claims());
  const kind = async (...values: string[]) => (await resolver.resolve(values, 1000)).kind;
  t.equal(resolver.mode, 'trusted_proxy');
  t.equal(await kind(`Bearer ${token}`), 'user');
  t.equal(await kind(`bearer ${token}`), 'user');
  t.equal(await kind(), 'anonymous');
  t.equal(await kind('Basic abc'), 'anonymous');
  t.equal(await kind(`Bearer ${token} x`), 'anonymous');
  t.equal(await kind('Bearer not-a-token'), 'unauthenticated');
  t.equal(await kind(`Bearer ${token},Bearer ${token}`), 'unauthenticated');
  t.equal(await kind(`Bearer ${token}`, `Bearer ${token}`), 'unauthenticated');
});

/** How many signatures have been verified since. */
function countedVerifications(t: Test): () => number {
  const counted = t.capture(webcrypto.subtle, 'verify', webcrypto.subtle.verify);
  let count = 0;
  return () => {
    count += counted().length;
    return count;
  };
}

t.test('a signature is verified once, and exp judged each time', async (t) => {
  const verifications = countedVerifications(t);
  let now = NOW;
  const verify = sharedSecretVerifier(JWT_SECRET, () => now);
  const token = signRaw(HEADER, claims(NOW_SECONDS));
  for (let i = 0; i < 3; i++) t.match(await verify(token), { username: 'alice' });
  t.equal(verifications(), 1);
  now = NOW + 60_999;
  t.match(await verify(token), { username: 'alice' }, 'to the last millisecond of the leeway');
  t.equal(verifications(), 1);
  now = NOW + 61_000;
  t.equal(await verify(token), null);
  t.equal(verifications(), 1, 'refused from memory');
  t.equal(await verify(token), null);
  t.equal(verifications(), 2, 'and then forgotten');
});

t.test('what was refused is never remembered, for better or worse', async (t) => {
  const verifications = countedVerifications(t);
  let now = NOW;
  const verify = sharedSecretVerifier(JWT_SECRET, () => now);
  const token = signRaw(HEADER, claims(NOW_SECONDS));
  const forged = signRaw(HEADER, claims(NOW_SECONDS), 'another secret');
  for (let i = 1; i <= 3; i++) {
    t.equal(await verify(forged), null);
    t.equal(verifications(), i);
  }
  now = NOW + 61_000;
  t.equal(await verify(token), null);
  now = NOW;
  t.match(await verify(token), { username: 'alice' }, 'a clock that was set right again');
  t.equal(verifications(), 5);
});

t.test('a token that is remembered vouches for no other', async (t) => {
  const verify = verifierAt(NOW);
  const token = signRaw(HEADER, claims());
  t.not(await verify(token), null);
  for (let at = 0; at < token.length; at++) {
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    if ((await verify(changed)) !== null) t.fail(`byte ${at}`);
  }
  t.equal(await verify(`${token}=`), null);
  t.equal(await verify(`${token} `), null);
});

t.test('a new verifier remembers nothing, so that a changed secret ends what the old one took', async (t) => {
  const token = signRaw(HEADER, claims());
  const verifications = countedVerifications(t);
  for (let i = 1; i <= 2; i++) {
    t.not(await verifierAt(NOW)(token), null);
    t.equal(verifications(), i);
  }
  t.equal(await verifierAt(NOW, 'another secret')(token), null);
});

t.test('a secret that could not be imported once is imported for the next token', async (t) => {
  const { importKey } = webcrypto.subtle;
  const verify = sharedSecretVerifier(JWT_SECRET, Date.now);
  const token = sign({ username: 'alice' });
  Object.defineProperty(webcrypto.subtle, 'importKey', {
    configurable: true,
    value: () => Promise.reject(new Error('no memory')),
  });
  t.teardown(() => Reflect.deleteProperty(webcrypto.subtle, 'importKey'));
  await t.rejects(async () => verify(token), /no memory/);
  Object.defineProperty(webcrypto.subtle, 'importKey', { configurable: true, value: importKey });
  t.match(await verify(token), { username: 'alice' });
});
