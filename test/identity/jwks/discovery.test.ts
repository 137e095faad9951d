import t from 'tap';
import { discoveryUrl, readDiscovery } from '../../../src/identity/jwks/discovery.js';

const ISSUER = 'https://gitlab.example';
const read = (document: unknown) => readDiscovery(Buffer.from(JSON.stringify(document)), ISSUER);

t.test('the document is below the issuer, whose path is kept', async (t) => {
  t.equal(discoveryUrl(ISSUER).href, `${ISSUER}/.well-known/openid-configuration`);
  t.equal(discoveryUrl(`${ISSUER}/a/`).href, `${ISSUER}/a/.well-known/openid-configuration`);
});

t.test('it says where the keys are', async (t) => {
  for (const uri of [`${ISSUER}/keys`, 'https://other.example/keys?p=1', 'http://127.0.0.1:1/keys']) {
    t.same(read({ issuer: ISSUER, jwks_uri: uri }), { ok: true, value: new URL(uri) });
  }
});

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['another issuer', { issuer: 'https://evil.example', jwks_uri: `${ISSUER}/keys` }, /another issuer/],
  ['a trailing slash', { issuer: `${ISSUER}/`, jwks_uri: `${ISSUER}/keys` }, /another issuer/],
  ['no issuer', { jwks_uri: `${ISSUER}/keys` }, /another issuer/],
  ['no address', { issuer: ISSUER }, /no `jwks_uri`/],
  ['an address that is none', { issuer: ISSUER, jwks_uri: '/keys' }, /not a URL/],
  ['plain http', { issuer: ISSUER, jwks_uri: 'http://gitlab.example/keys' }, /plain http/],
  [
    'a host that begins like loopback',
    { issuer: ISSUER, jwks_uri: 'http://127.0.0.1.evil.example/' },
    /plain http/,
  ],
  ['a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }, /neither/],
  ['credentials', { issuer: ISSUER, jwks_uri: 'https://user:pass@gitlab.example/' }, /credentials/],
  ['a list', [ISSUER], /no discovery document/],
];
for (const [name, document, failure] of REFUSED) {
  t.test(`refused: ${name}`, async (t) => t.match(read(document), { ok: false, failure }));
}

t.test('neither a repeated member nor anything but JSON is read', async (t) => {
  const twice = `{"issuer":"${ISSUER}","jwks_uri":"https://evil.example/","jwks_uri":"${ISSUER}/keys"}`;
  t.match(readDiscovery(Buffer.from(twice), ISSUER), { ok: false });
  t.match(readDiscovery(Buffer.from('<html>'), ISSUER), { ok: false, failure: /JSON/ });
});
