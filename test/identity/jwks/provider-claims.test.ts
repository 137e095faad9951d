import t from 'tap';
import { issuerOf, readProviderClaims } from '../../../src/identity/jwks/provider-claims.js';
import type { ProviderSettings } from '../../../src/identity/jwks/settings.js';
import { type JsonValue, readStrictJson } from '../../../src/json/strict-json.js';
import { providerSettings } from '../../helpers/providers.js';

const ISSUER = 'https://gitlab.example';
const CLAIMS = { iss: ISSUER, aud: 'aviso', exp: 2_000_000_000, username: 'alice' };

function json(text: string): JsonValue {
  const read = readStrictJson(Buffer.from(text));
  if (!read.ok) throw new Error('the test is wrong');
  return read.value;
}
const read = (claims: Record<string, unknown>, parts: Partial<ProviderSettings> = {}) =>
  readProviderClaims(json(JSON.stringify({ ...CLAIMS, ...claims })), providerSettings(parts));
const byClaim: ProviderSettings['realm'] = { kind: 'claim', claim: 'group', reserved: ['ecmwf', 'gitlab'] };

t.test('username, realm and roles come from where the configuration says', async (t) => {
  const identity = { username: 'alice', realm: 'gitlab', issuer: ISSUER, roles: ['a', 'b'] };
  t.same(read({ roles: ['a', 'b'], iat: 1, nbf: 5 }), { identity, expiresAt: 2_000_000_000n, notBefore: 5n });
  t.match(read({ sub: 's', mail: 'm' }, { usernameClaim: 'mail' }), {
    identity: { username: 'm', roles: [] },
  });
  t.match(read({ roles: ['a'] }, { rolesClaim: null }), { identity: { roles: [] } });
  t.match(read({ group: 'staff', realm: 'ecmwf' }, { realm: byClaim }), { identity: { realm: 'staff' } });
});

t.test('an audience is one text or a list, and must hold the configured one to the letter', async (t) => {
  for (const aud of ['aviso', ['aviso'], ['other', 'aviso']]) t.ok(read({ aud }), JSON.stringify(aud));
  for (const aud of ['Aviso', 'aviso ', ['avis', 'o'], [], {}, 5, true, null, ['aviso', 5], undefined])
    t.equal(read({ aud }), null, JSON.stringify(aud));
  t.ok(read({ aud: 'other' }, { audience: null }), 'any, when none is configured');
  t.ok(read({ aud: undefined }, { audience: null }));
  t.equal(read({ aud: 5 }, { audience: null }), null, 'but a sound one');
});

/** Claims of which each makes the token worth nothing. */
const REFUSED: readonly Record<string, unknown>[] = [
  { exp: undefined },
  { exp: '2000000000' },
  { exp: null },
  { exp: 2_000_000_000.5 },
  { exp: -1 },
  { exp: 2e30 },
  { nbf: '5' },
  { nbf: null },
  { nbf: [] },
  { iat: 'now' },
  { username: undefined, sub: 'alice' },
  { username: '' },
  { username: 5 },
  { username: null },
  { username: ['alice'] },
  { roles: 'admin' },
  { roles: ['admin', 5] },
  { roles: null },
  { roles: { admin: true } },
  { iss: `${ISSUER}/` },
  { iss: 'https://gitlab.exampl' },
  { iss: 'HTTPS://gitlab.example' },
  { iss: [ISSUER] },
  { iss: null },
  { iss: undefined },
];
for (const claims of REFUSED) {
  t.test(`refused: ${JSON.stringify(claims)} or left out`, async (t) => t.equal(read(claims), null));
}

t.test('a realm from a claim is a text, and never the realm of another provider', async (t) => {
  for (const group of [undefined, '', null, 5, ['staff'], 'ecmwf', 'gitlab'])
    t.equal(read({ group }, { realm: byClaim }), null, JSON.stringify(group));
});

t.test('no repeated claim is read, and nothing but an object', async (t) => {
  const twice = JSON.stringify(CLAIMS).replace('{', '{"username":"root",');
  t.equal(readProviderClaims(json(twice), providerSettings()), null);
  for (const text of ['[]', '"x"', 'null']) t.equal(readProviderClaims(json(text), providerSettings()), null);
});

t.test('a token is matched by its one issuer, which is a text', async (t) => {
  t.equal(issuerOf(json(JSON.stringify(CLAIMS))), ISSUER);
  for (const text of ['{}', '{"iss":5}', '{"iss":["x"]}', '{"iss":"a","iss":"b"}', '[]', 'null'])
    t.equal(issuerOf(json(text)), null, text);
});
