import t from 'tap';
import { type Claims, readClaims } from '../../src/identity/claims.js';
import { readStrictJson } from '../../src/json/strict-json.js';

function claimsOf(text: string): Claims | null {
  const json = readStrictJson(Buffer.from(text));
  if (!json.ok) throw new Error(json.failure);
  return readClaims(json.value);
}
const of = (members: string) =>
  claimsOf(`{"exp":4102444800,"username":"alice",${members}`.replace(/,?$/, '}'));
const nameOf = (members: string) => claimsOf(`{"exp":1,${members}}`)?.identity.username ?? null;

t.test('the claims of an ordinary token', async (t) => {
  t.same(of('"realm":"ecmwf","roles":["a","b"],"iss":"x","iat":1,"attributes":{"k":"v"},"more":{"a":null}'), {
    identity: { username: 'alice', realm: 'ecmwf', issuer: null, roles: ['a', 'b'] },
    expiresAt: 4102444800n,
  });
});

t.test('username before sub, and sub where username is absent or null', async (t) => {
  t.equal(nameOf('"username":"alice","sub":"ecmwf-alice"'), 'alice');
  t.equal(nameOf('"sub":"ecmwf-alice","username":"alice"'), 'alice');
  t.equal(nameOf('"sub":"bob"'), 'bob');
  t.equal(nameOf('"username":null,"sub":"bob"'), 'bob');
  t.equal(nameOf('"username":"alice","sub":null'), 'alice');
});

t.test('nobody without a name, and no name that is not a string', async (t) => {
  const nobody = [
    '"a":1',
    '"username":null',
    '"username":null,"sub":null',
    '"username":""',
    '"username":"","sub":"bob"',
  ];
  for (const members of [
    ...nobody,
    '"username":1,"sub":"bob"',
    '"username":["alice"]',
    '"username":"alice","sub":1',
  ]) {
    t.equal(nameOf(members), null, members);
  }
});

t.test('names are kept as they are: nothing is trimmed or folded', async (t) => {
  for (const name of [' alice ', 'Alice', '../x', 'a&id=b', 'Ünï', 'a b']) {
    t.equal(nameOf(`"username":${JSON.stringify(name)}`), name);
  }
});

t.test('exp is required, and a plain unsigned integer', async (t) => {
  for (const exp of ['0', '1', '4102444800', '18446744073709551615']) {
    t.equal(claimsOf(`{"username":"a","exp":${exp}}`)?.expiresAt, BigInt(exp), exp);
  }
  const bad = [
    'null',
    '"4102444800"',
    '4102444800.0',
    '4.1e9',
    '-1',
    '-0',
    '18446744073709551616',
    'true',
    '[1]',
    '{}',
  ];
  for (const exp of [...bad, '99999999999999999999999']) {
    t.equal(claimsOf(`{"username":"a","exp":${exp}}`), null, exp);
  }
  t.equal(claimsOf('{"username":"a"}'), null);
});

const ACCEPTED = [
  ...['"realm":null', '"iss":null', '"iat":null', '"iss":"x"', '"iat":0', '"roles":[]', '"attributes":{}'],
  ...[
    '"nbf":99999999999',
    '"nbf":"x"',
    '"nbf":null',
    '"nbf":[]',
    '"nbf":{}',
    '"aud":"someone-else"',
    '"aud":[1]',
  ],
  ...['"jti":{}', '"scope":null', '"Realm":1'],
];
const REFUSED = [
  ...[
    '"realm":1',
    '"realm":["ecmwf"]',
    '"iss":1',
    '"iss":{}',
    '"iat":"1"',
    '"iat":-1',
    '"iat":1.5',
    '"iat":1e9',
  ],
  ...[
    '"roles":null',
    '"roles":"admin"',
    '"roles":[1]',
    '"roles":["a",null]',
    '"roles":{"0":"a"}',
    '"roles":[["a"]]',
  ],
  ...[
    '"attributes":null',
    '"attributes":[]',
    '"attributes":"x"',
    '"attributes":{"a":1}',
    '"attributes":{"a":null}',
  ],
  ...['"username":"bob"', '"exp":4102444800', '"extra":1,"extra":2', '"nbf":[1]', '"nbf":{"a":1}'],
];
for (const members of ACCEPTED) t.not(of(members), null, `${members} is taken`);
for (const members of REFUSED) t.equal(of(members), null, `${members} is refused`);

t.test('claims are an object', async (t) => {
  for (const text of ['null', '[]', '"x"', '1', 'true']) t.equal(claimsOf(text), null, text);
});

t.test('an identity of the shared secret has no issuer, whatever iss says', async (t) => {
  t.equal(of('"iss":"https://provider"')?.identity.issuer, null);
});
