import t from 'tap';
import { SIGNATURE_ALGORITHMS } from '../../../src/domain/signature-algorithm.js';
import { readKey } from '../../../src/identity/jwks/key.js';
import { readStrictJson } from '../../../src/json/strict-json.js';
import { type KeyKind, testKey } from '../../helpers/keys.js';

const KEYS = new Map(
  (['rsa', 'weak', 'p256', 'p384', 'p521', 'ed25519', 'x25519'] as const).map((kind) => [
    kind,
    testKey(kind),
  ]),
);
const jwk = (kind: KeyKind, parts: Record<string, unknown> = {}): string =>
  JSON.stringify({ ...KEYS.get(kind)?.jwk, ...parts });

async function read(
  text: string,
  algorithms = SIGNATURE_ALGORITHMS as readonly (typeof SIGNATURE_ALGORITHMS)[number][],
) {
  const json = readStrictJson(Buffer.from(text));
  if (!json.ok) throw new Error('the test is wrong');
  return readKey(json.value, algorithms);
}

const USABLE: readonly (readonly [KeyKind, readonly string[]])[] = [
  ['rsa', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ['p256', ['ES256']],
  ['p384', ['ES384']],
  ['p521', ['ES512']],
  ['ed25519', ['EdDSA']],
];

for (const [kind, algorithms] of USABLE) {
  t.test(`${kind} fits ${algorithms.join(', ')} and nothing else`, async (t) => {
    const key = await read(jwk(kind));
    if (key.kind !== 'usable') throw new Error(JSON.stringify(key));
    t.same([...key.key.material.keys()], algorithms);
    t.equal(key.key.kid, kind);
    for (const material of key.key.material.values())
      t.match(material, { type: 'public', usages: ['verify'] });
  });
}

/** Sound keys that are not to be used, and why not. */
const SKIPPED: readonly (readonly [string, string, RegExp])[] = [
  ['RSA of 1024 bits', jwk('weak'), /weak: RSA of 1024 bits/],
  ['an exponent of 1, with which everything is a signature', jwk('rsa', { e: 'AQ' }), /exponent/],
  ['an even exponent', jwk('rsa', { e: 'BA' }), /exponent/],
  [
    'a modulus of 16384 bits',
    jwk('rsa', { n: Buffer.alloc(2048, 255).toString('base64url') }),
    /costs too much/,
  ],
  [
    'zeros in front make no modulus longer',
    jwk('weak', { n: Buffer.alloc(300).toString('base64url') }),
    /RSA of 0/,
  ],
  ['a private RSA key', JSON.stringify(KEYS.get('rsa')?.privateKey.export({ format: 'jwk' })), /private/],
  ['a private EC key', JSON.stringify(KEYS.get('p256')?.privateKey.export({ format: 'jwk' })), /private/],
  ['a public key with one private member', jwk('rsa', { qi: 'AQAB' }), /private/],
  ['a symmetric key', '{"kty":"oct","k":"c2VjcmV0","kid":"x"}', /symmetric/],
  ['a key for encryption', jwk('rsa', { use: 'enc' }), /not for signing/],
  ['a `use` that is no text', jwk('rsa', { use: 1 }), /not for signing/],
  ['a key for making signatures only', jwk('rsa', { key_ops: ['sign'] }), /not for signing/],
  ['`key_ops` that is no list', jwk('rsa', { key_ops: 'verify' }), /not for signing/],
  ['a key for key agreement', jwk('x25519'), /configured algorithm/],
  ['an unknown type', '{"kty":"AKP","alg":"ML-DSA-44","pub":"x"}', /known type/],
  ['a type that is a member of every object', '{"kty":"toString"}', /known type/],
  ['a curve of no algorithm', jwk('p256', { crv: 'secp256k1' }), /configured algorithm/],
  ['a key for an HMAC', jwk('rsa', { alg: 'HS256' }), /configured algorithm/],
  ['a key whose algorithm is of another family', jwk('rsa', { alg: 'ES256' }), /configured algorithm/],
  ['an `alg` that is no text', jwk('rsa', { alg: ['RS256'] }), /configured algorithm/],
];
for (const [name, text, reason] of SKIPPED) {
  t.test(`left out: ${name}`, async (t) => t.match(await read(text), { kind: 'skipped', reason }));
}

/** What is no key at all, so that its set can't be trusted to be whole. */
const MALFORMED: readonly (readonly [string, string])[] = [
  ['null', 'null'],
  ['a text', '"key"'],
  ['no type', '{"kid":"x"}'],
  ['a type that is no text', '{"kty":5}'],
  ['a repeated member', '{"kty":"RSA","kty":"RSA"}'],
  ['a `kid` that is a number', jwk('rsa', { kid: 5 })],
  ['an empty `kid`', jwk('rsa', { kid: '' })],
  ['an endless `kid`', jwk('rsa', { kid: 'x'.repeat(257) })],
  ['no modulus', jwk('rsa', { n: undefined })],
  ['a modulus that is no base64url', jwk('rsa', { n: 'not base64url!' })],
  ['a point that is not on its curve', jwk('p256', { x: Buffer.alloc(32, 1).toString('base64url') })],
  ['half a point', jwk('p256', { y: undefined })],
  ['an Ed25519 key cut short', jwk('ed25519', { x: 'AAAA' })],
];
for (const [name, text] of MALFORMED) {
  t.test(`malformed: ${name}`, async (t) => t.match(await read(text), { kind: 'malformed' }));
}

t.test('a key that names its algorithm is for that one alone, if it is configured', async (t) => {
  const key = await read(jwk('rsa', { alg: 'PS256' }));
  t.same(key.kind === 'usable' && [...key.key.material.keys()], ['PS256']);
  t.match(await read(jwk('rsa', { alg: 'PS256' }), ['RS256']), { kind: 'skipped' });
});

t.test('a key without `kid`, `use` and `key_ops` may be used', async (t) => {
  t.match(await read(jwk('rsa', { kid: undefined, use: undefined })), { kind: 'usable', key: { kid: null } });
  t.match(await read(jwk('rsa', { use: null, key_ops: ['verify', 'sign'] })), { kind: 'usable' });
});
