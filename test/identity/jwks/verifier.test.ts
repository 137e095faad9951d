import { createHmac } from 'node:crypto';
import t from 'tap';
import { ok } from '../../../src/domain/result.js';
import { SIGNATURE_ALGORITHMS } from '../../../src/domain/signature-algorithm.js';
import { exchangeWith } from '../../../src/identity/jwks/exchange.js';
import { readKeySet } from '../../../src/identity/jwks/key-set.js';
import { providersResolver } from '../../../src/identity/jwks/resolver.js';
import type { ProviderSettings } from '../../../src/identity/jwks/settings.js';
import { KeySlot } from '../../../src/identity/jwks/slot.js';
import { providerVerifier } from '../../../src/identity/jwks/verifier.js';
import { sharedSecretVerifier, trustedProxyResolver } from '../../../src/identity/shared-secret.js';
import { VerifiedTokens } from '../../../src/identity/verified-tokens.js';
import { manualClock } from '../../helpers/clock.js';
import { keySet, signedBy, signedRaw, type TestKey, testKey } from '../../helpers/keys.js';
import { providerSettings } from '../../helpers/providers.js';
import { JWT_SECRET, sign } from '../../helpers/tokens.js';

const NOW_MS = Date.now();
const NOW = Math.floor(NOW_MS / 1000);
const rsa = testKey('rsa', 'r1');
const rsa2 = testKey('rsa', 'r2');
const p256 = testKey('p256', 'e1');
const p384 = testKey('p384', 'e2');
const p521 = testKey('p521', 'e3');
const ed = testKey('ed25519', 'o1');
const stranger = testKey('rsa', 'r1');
const PUBLISHED = [rsa, rsa2, p256, p384, p521, ed];
const otherProvider = testKey('rsa', 'd1');

const GITLAB = providerSettings({ algorithms: SIGNATURE_ALGORITHMS, ecpdsUsers: true });
const DOT = providerSettings({
  name: 'CustomersDot',
  issuer: 'https://customers.example',
  realm: { kind: 'fixed', realm: 'customers' },
});
const CLAIMS = { iss: GITLAB.issuer, aud: 'aviso', exp: NOW + 600, username: 'alice', roles: ['reader'] };

async function slotWith(settings: ProviderSettings, keys: readonly TestKey[]) {
  const clock = manualClock();
  const calls = { count: 0 };
  const set = await readKeySet(keySet(...keys.map(({ jwk }) => jwk)), settings.algorithms);
  if (!set.ok) throw new Error('the test is wrong');
  const slot = new KeySlot({
    provider: settings.name,
    refresh: { refreshMs: 3_600_000, cooldownMs: 30_000, maxStaleMs: 86_400_000 },
    async fetch() {
      calls.count += 1;
      return { status: 200, result: ok(set.value), jwksUri: null };
    },
    now: clock.now,
    attempted: () => undefined,
  });
  await slot.refresh();
  return { slot, calls, clock };
}

/** Two providers and the shared secret, as `trusted_proxy` has them. `calls`: key fetches after the first ones. */
async function bench(now: () => number = () => NOW_MS) {
  const gitlab = await slotWith(GITLAB, PUBLISHED);
  const dot = await slotWith(DOT, [otherProvider]);
  const tokens = new VerifiedTokens();
  const resolver = providersResolver({
    providers: [
      {
        settings: GITLAB,
        verify: providerVerifier(GITLAB, gitlab.slot, now),
        get generation() {
          return gitlab.slot.generation;
        },
      },
      {
        settings: DOT,
        verify: providerVerifier(DOT, dot.slot, now),
        get generation() {
          return dot.slot.generation;
        },
      },
    ],
    others: trustedProxyResolver(sharedSecretVerifier(JWT_SECRET, now, tokens)),
    tokens,
    exchange: exchangeWith(JWT_SECRET, now),
    now,
  });
  const cool = (): void => {
    gitlab.clock.advance(30_000);
    dot.clock.advance(30_000);
  };
  return {
    resolve: (token: string) => resolver.resolve([`Bearer ${token}`], 1000),
    calls: () => gitlab.calls.count + dot.calls.count - 2,
    cool,
    gitlab,
  };
}

t.test('every algorithm that is configured verifies with the key of its family', async (t) => {
  const { resolve, calls } = await bench();
  const CASES: readonly (readonly [TestKey, string])[] = [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [rsa, alg] as const),
    [p256, 'ES256'],
    [p384, 'ES384'],
    [p521, 'ES512'],
    [ed, 'EdDSA'],
  ];
  for (const [key, alg] of CASES) {
    const known = await resolve(signedBy(key, CLAIMS, { alg }));
    const identity = { username: 'alice', realm: 'gitlab', issuer: GITLAB.issuer, roles: ['reader'] };
    t.match(known, { kind: 'user', mode: 'jwks', identity, provided: { ecpdsUser: true } }, alg);
  }
  t.equal(calls(), 0);
});

t.test('tokens of the shared secret are known as before', async (t) => {
  const { resolve } = await bench();
  const known = await resolve(sign({ username: 'bob' }));
  t.match(known, { kind: 'user', identity: { username: 'bob', issuer: null } });
  t.notOk('mode' in known || 'provided' in known);
});

const text = (value: unknown): string => JSON.stringify(value);
const base64url = (value: string): string => Buffer.from(value).toString('base64url');
const payload = text(CLAIMS);
const good = signedBy(rsa, CLAIMS);
const header = (parts: Record<string, unknown>): string => text({ alg: 'RS256', kid: 'r1', ...parts });
const unsigned = (alg: string, signature = ''): string =>
  `${base64url(text({ alg, kid: 'r1' }))}.${base64url(payload)}.${signature}`;

/** HMAC with whatever of a public key an attacker can guess that a verifier would use as the secret. */
function hmacOver(key: TestKey, secret: string | Buffer, alg = 'HS256'): string {
  const input = `${base64url(text({ alg, kid: key.kid }))}.${base64url(payload)}`;
  return `${input}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(input)
    .digest('base64url')}`;
}
const pem = (key: TestKey): string => key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const claims = (parts: Record<string, unknown>, key: TestKey = rsa): string =>
  signedBy(key, { ...CLAIMS, ...parts });

/** Every known trick; each is 401 and asks nobody for keys, unless it names a key that nobody knows. */
const TRICKS: readonly (readonly [name: string, token: string, fetches?: 1])[] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg) => [
    [`alg "${alg}" without signature`, unsigned(alg)] as const,
    [`alg "${alg}" with some signature`, unsigned(alg, 'AAAA')] as const,
    [
      `alg "${alg}" with a good signature`,
      signedRaw(text({ alg, kid: 'r1' }), payload, rsa.privateKey, 'RS256'),
    ] as const,
  ]),
  ...['HS256', 'HS384', 'HS512'].flatMap((alg) => [
    [`${alg} over the public key as PEM`, hmacOver(rsa, pem(rsa), alg)] as const,
    [
      `${alg} over the public key as DER`,
      hmacOver(rsa, rsa.publicKey.export({ type: 'spki', format: 'der' }), alg),
    ] as const,
    [`${alg} over the published key`, hmacOver(rsa, text(rsa.jwk), alg)] as const,
    [`${alg} over the modulus`, hmacOver(rsa, String(rsa.jwk['n']), alg)] as const,
    [`${alg} over nothing`, hmacOver(rsa, '', alg)] as const,
  ]),
  ['HS256 over the shared secret, in the name of a provider', sign(CLAIMS)],
  ['RS256 in lower case', signedRaw(header({ alg: 'rs256' }), payload, rsa.privateKey, 'RS256')],
  ['no alg', signedRaw('{"kid":"r1"}', payload, rsa.privateKey, 'RS256')],
  ['alg as a list', signedRaw('{"alg":["RS256"],"kid":"r1"}', payload, rsa.privateKey, 'RS256')],
  ['two algs', signedRaw('{"alg":"none","alg":"RS256","kid":"r1"}', payload, rsa.privateKey, 'RS256')],
  [
    'an RSA signature called ES256, for the RSA key',
    signedRaw(header({ alg: 'ES256' }), payload, rsa.privateKey, 'RS256'),
  ],
  [
    'an RSA signature called ES256, for the EC key',
    signedRaw(header({ alg: 'ES256', kid: 'e1' }), payload, rsa.privateKey, 'RS256'),
  ],
  ['an EC signature called RS256', signedRaw(header({ kid: 'e1' }), payload, p256.privateKey, 'ES256')],
  ['ES256 with the key of another curve', signedBy(p384, CLAIMS, { alg: 'ES256' })],
  ['ES384 with the key of another curve', signedBy(p256, CLAIMS, { alg: 'ES384' })],
  ['EdDSA with an EC key', signedBy(p256, CLAIMS, { alg: 'EdDSA' })],
  ['a PSS signature called RS256', signedRaw(header({}), payload, rsa.privateKey, 'PS256')],
  [
    'an EC signature of zeros',
    `${base64url(header({ alg: 'ES256', kid: 'e1' }))}.${base64url(payload)}.${Buffer.alloc(64).toString('base64url')}`,
  ],
  ["a stranger's key under a known id", signedBy(stranger, CLAIMS)],
  ['the id of another key of the provider', signedBy(rsa, CLAIMS, { kid: 'r2' })],
  ['an embedded jwk', signedBy(stranger, CLAIMS, { jwk: stranger.jwk })],
  ['an embedded jwk beside a good signature', signedBy(rsa, CLAIMS, { jwk: rsa.jwk })],
  ['a null jwk beside a good signature', signedBy(rsa, CLAIMS, { jwk: null })],
  ...['jku', 'x5u'].flatMap((member) => [
    [
      `${member} of a stranger`,
      signedBy(stranger, CLAIMS, { [member]: 'https://evil.example/keys' }),
    ] as const,
    [
      `${member} beside a good signature`,
      signedBy(rsa, CLAIMS, { [member]: 'https://gitlab.example/keys' }),
    ] as const,
  ]),
  ['x5c', signedBy(rsa, CLAIMS, { x5c: ['AAAA'] })],
  ['crit that nobody knows', signedBy(rsa, CLAIMS, { crit: ['exp'], exp: 1 })],
  ['crit with b64', signedBy(rsa, CLAIMS, { crit: ['b64'], b64: false })],
  ['an empty crit', signedBy(rsa, CLAIMS, { crit: [] })],
  ['b64 alone', signedBy(rsa, CLAIMS, { b64: false })],
  ['a kid with a path', signedBy(rsa, CLAIMS, { kid: '../../../dev/null' }), 1],
  ['a kid with SQL', signedBy(rsa, CLAIMS, { kid: "r1' UNION SELECT 'x" }), 1],
  ['a kid with a URL', signedBy(rsa, CLAIMS, { kid: 'https://evil.example/key' }), 1],
  ['a kid with NUL', signedBy(rsa, CLAIMS, { kid: 'r1\0' }), 1],
  ['an empty kid', signedBy(rsa, CLAIMS, { kid: '' }), 1],
  ['a kid that is a member of every object', signedBy(rsa, CLAIMS, { kid: '__proto__' }), 1],
  ['a kid as a number', signedBy(rsa, CLAIMS, { kid: 1 })],
  ['a kid as a list', signedBy(rsa, CLAIMS, { kid: ['r1'] })],
  ['an endless kid', signedBy(rsa, CLAIMS, { kid: 'x'.repeat(257) })],
  ['no kid, with two keys that would fit', signedBy(rsa, CLAIMS, { kid: undefined })],
  ['five segments', `${good}.AAAA.AAAA`],
  ['four segments', `${good}.AAAA`],
  ['two segments', good.slice(0, good.lastIndexOf('.'))],
  ['an empty segment', `${good.split('.')[0]}..${good.split('.')[2]}`],
  ['padding', `${good}=`],
  ['base64 instead of base64url', good.replace('.', '+.')],
  [
    'a signature with loose bits',
    `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`,
  ],
  ['a changed payload', good.replace(base64url(payload), base64url(payload.replace('alice', 'admin')))],
  [
    'the signature of another token',
    `${good.slice(0, good.lastIndexOf('.'))}.${claims({ username: 'bob' }).split('.')[2]}`,
  ],
  ['an oversized token', claims({ filler: 'x'.repeat(20_000) })],
  ['an issuer with a trailing slash', claims({ iss: `${GITLAB.issuer}/` })],
  ['an issuer that begins like one', claims({ iss: `${GITLAB.issuer}.evil.example` })],
  ['the beginning of an issuer', claims({ iss: GITLAB.issuer.slice(0, -1) })],
  ['an issuer in another case', claims({ iss: GITLAB.issuer.toUpperCase() })],
  ['an issuer as a list', claims({ iss: [GITLAB.issuer] })],
  ['no issuer', claims({ iss: undefined })],
  [
    'two issuers',
    signedRaw(header({}), payload.replace('{', `{"iss":"${DOT.issuer}",`), rsa.privateKey, 'RS256'),
  ],
  ['exp left out', claims({ exp: undefined })],
  ['exp as a text', claims({ exp: String(NOW + 600) })],
  ['exp as a fraction', claims({ exp: NOW + 600.5 })],
  ['exp of now', claims({ exp: NOW })],
  ['exp of long ago', claims({ exp: 1 })],
  ['exp of null', claims({ exp: null })],
  ['nbf in two minutes', claims({ nbf: NOW + 120 })],
  ['nbf as a text', claims({ nbf: '1' })],
  ['another audience', claims({ aud: 'other' })],
  ['no audience', claims({ aud: undefined })],
  ['no username', claims({ username: undefined })],
  ['roles as a text', claims({ roles: 'admin' })],
  ['a token of one provider in the name of the other', claims({ iss: DOT.issuer }), 1],
  ['the same, under an id that the other has', signedBy(rsa, { ...CLAIMS, iss: DOT.issuer }, { kid: 'd1' })],
  ['a token of the other in the name of this one', claims({}, otherProvider), 1],
  [
    'an algorithm that only the other provider has',
    signedBy(p256, { ...CLAIMS, iss: DOT.issuer }, { alg: 'ES256', kid: 'd1' }),
  ],
  ['a payload that is no JSON', signedRaw(header({}), 'alice', rsa.privateKey, 'RS256')],
  [
    'a repeated claim',
    signedRaw(header({}), payload.replace('{', '{"username":"admin",'), rsa.privateKey, 'RS256'),
  ],
];
for (const [name, token, fetches = 0] of TRICKS) {
  t.test(`401: ${name}`, async (t) => {
    const { resolve, calls, cool } = await bench();
    cool();
    t.match(await resolve(token), { kind: 'unauthenticated' });
    t.equal(calls(), fetches, 'key fetches');
    t.match(await resolve(token), { kind: 'unauthenticated' }, 'again, within the cooldown');
    t.equal(calls(), fetches);
    t.match(await resolve(good), { kind: 'user' }, 'and the good one still goes through');
  });
}

t.test('nbf may be a little ahead, for clocks that are', async (t) => {
  const { resolve } = await bench();
  t.match(await resolve(claims({ nbf: NOW + 60 })), { kind: 'user' });
});

t.test('without an id the one key that fits is used', async (t) => {
  const { resolve } = await bench();
  t.match(await resolve(signedBy(ed, CLAIMS, { alg: 'EdDSA', kid: undefined })), { kind: 'user' });
});

t.test('a remembered token is refused from its exp on', async (t) => {
  let now = NOW_MS;
  const { resolve } = await bench(() => now);
  t.match(await resolve(good), { kind: 'user' });
  now += 599_000;
  t.match(await resolve(good), { kind: 'user' });
  now += 1000;
  t.match(await resolve(good), { kind: 'unauthenticated' });
});

t.test('a remembered token is verified again with keys that were fetched anew', async (t) => {
  const { resolve, gitlab } = await bench();
  t.match(await resolve(good), { kind: 'user' });
  gitlab.clock.advance(86_400_000);
  t.match(await resolve(good), { kind: 'user' }, 'the keys are too old: they are fetched first');
  t.equal(gitlab.calls.count, 2);
});
