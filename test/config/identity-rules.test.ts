import t from 'tap';
import { stringify } from 'yaml';
import { providerSettings } from '../../src/key-providers.js';
import { type Case, holdCases, loaded, MINIMAL, problems } from './fixture.js';

const GITLAB = {
  name: 'Gitlab',
  issuer: 'https://gitlab.example',
  jwks_uri: 'https://gitlab.example/keys',
  audience: 'aviso',
  realm: 'gitlab',
};
const DOT = {
  name: 'CustomersDot',
  issuer: 'https://customers.example',
  discovery: true,
  audience: 'aviso',
  realm: 'customers',
};

const overlay = (identity: Record<string, unknown>): string => stringify({ sidecar: { identity } });
const one = (parts: Record<string, unknown>): string => overlay({ providers: [{ ...GITLAB, ...parts }] });
const two = (parts: Record<string, unknown>, first: Record<string, unknown> = {}): string =>
  overlay({
    providers: [
      { ...GITLAB, ...first },
      { ...DOT, ...parts },
    ],
  });
const at = (key: string, index = 0): string => `sidecar.identity.providers[${index}].${key}`;
const HERE = 'sidecar.identity.providers[0]';

const CASES: readonly Case[] = [
  ['two providers', two({})],
  ['no audience, which is only risky', one({ audience: null })],
  [
    'every algorithm',
    one({
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
    }),
  ],
  ['loopback', one({ issuer: 'http://127.0.0.1:1', jwks_uri: 'http://localhost:1/keys' })],
  ['a query where the keys are', one({ jwks_uri: 'https://gitlab.example/keys?policy=a' })],
  ['an issuer that is no URL, when the keys are known', one({ issuer: 'gitlab' })],
  ['a realm by claim', one({ realm: null, realm_claim: 'group' })],
  ['no name', one({ name: null }), [at('name'), /missing/]],
  ['an empty name', one({ name: '' }), [at('name'), /plain/]],
  ['a name with blanks', one({ name: 'Git lab' }), [at('name'), /plain/]],
  ['a name too long', one({ name: 'x'.repeat(65) }), [at('name'), /plain/]],
  ['no issuer', one({ issuer: null }), [at('issuer'), /missing/]],
  ['an empty issuer', one({ issuer: '' }), [at('issuer'), /empty/]],
  ['an issuer with blanks', one({ issuer: ' https://x' }), [at('issuer'), /blanks/]],
  ['discovery over plain http', two({ issuer: 'http://customers.example' }), [at('issuer', 1), /plain http/]],
  ['discovery of what is no URL', two({ issuer: 'customers' }), [at('issuer', 1), /not a URL/]],
  ['discovery with a query', two({ issuer: 'https://customers.example?a' }), [at('issuer', 1), /query/]],
  [
    'discovery with credentials',
    two({ issuer: 'https://a:b@customers.example' }),
    [at('issuer', 1), /credentials/],
  ],
  ['keys over plain http', one({ jwks_uri: 'http://gitlab.example/keys' }), [at('jwks_uri'), /plain http/]],
  [
    'keys from a host like loopback',
    one({ jwks_uri: 'http://127.0.0.1.example/' }),
    [at('jwks_uri'), /plain http/],
  ],
  ['keys from a file', one({ jwks_uri: 'file:///keys' }), [at('jwks_uri'), /neither/]],
  [
    'keys with credentials',
    one({ jwks_uri: 'https://a:b@gitlab.example/' }),
    [at('jwks_uri'), /credentials/],
  ],
  ['keys with a fragment', one({ jwks_uri: 'https://gitlab.example/#a' }), [at('jwks_uri'), /fragment/]],
  ['nowhere for keys', one({ jwks_uri: null }), [HERE, /neither/]],
  ['two places for keys', one({ discovery: true }), [HERE, /both/]],
  ['no realm', one({ realm: null }), [HERE, /neither/]],
  ['two realms', one({ realm_claim: 'group' }), [HERE, /both/]],
  ['a blank realm', one({ realm: ' ' }), [at('realm'), /blank/]],
  ['a blank audience', one({ audience: '' }), [at('audience'), /empty/]],
  [
    'a blank claim',
    one({ username_claim: '', roles_claim: ' a' }),
    [at('username_claim'), /empty/],
    [at('roles_claim'), /blanks/],
  ],
  ['no algorithm', one({ algorithms: [] }), [at('algorithms'), /empty/]],
  ['HMAC', one({ algorithms: ['RS256', 'HS256'] }), [at('algorithms[1]'), /known/]],
  ['no signature', one({ algorithms: ['none'] }), [at('algorithms[0]'), /known/]],
  ['an algorithm in lower case', one({ algorithms: ['rs256'] }), [at('algorithms[0]'), /known/]],
  ['an unknown key', one({ jwks_url: 'https://x' }), [at('jwks_url'), /known/]],
  ['one name twice', two({ name: 'Gitlab' }), [at('name', 1), /another provider/]],
  ['one issuer twice', two({ issuer: GITLAB.issuer }), [at('issuer', 1), /another provider/]],
  [
    'one realm twice, which would share its roles',
    two({ realm: 'gitlab' }),
    [at('realm', 1), /another provider/],
  ],
  [
    'two realms by claim',
    two({ realm: null, realm_claim: 'a' }, { realm: null, realm_claim: 'b' }),
    [at('realm_claim', 1), /same realm/],
  ],
  [
    'an attempt rarer than a refresh',
    overlay({ providers: [GITLAB], refresh_seconds: 10 }),
    ['sidecar.identity.cooldown_seconds', /longer/],
  ],
  [
    'keys that would be gone in between',
    overlay({ providers: [GITLAB], max_stale_seconds: 3600 }),
    ['sidecar.identity.max_stale_seconds', /gone/],
  ],
  [
    'no waiting at all',
    overlay({ providers: [GITLAB], cooldown_seconds: 0 }),
    ['sidecar.identity.cooldown_seconds', /range/],
  ],
];
t.test('sidecar.identity', async (t) => holdCases(t, CASES));

t.test('providers without a secret to exchange their tokens with are an error', async (t) => {
  const found = await problems([MINIMAL, one({}), 'auth: { jwt_secret: null }']);
  t.match(found, [{ path: 'auth.jwt_secret', problem: /missing/ }]);
});

t.test('providers while nobody is looked at are an error', async (t) => {
  const off =
    'auth: { enabled: false }\nnotification_schema: { dissemination: { auth: { plugins: null, required: false } } }';
  const found = await problems([MINIMAL, one({}), off]);
  t.match(found, [{ path: 'sidecar.identity.providers', problem: /no effect/ }]);
});

t.test('a provider without audience, or with every realm, is warned of', async (t) => {
  const warned = async (parts: Record<string, unknown>) =>
    (await loaded([MINIMAL, one(parts)])).warnings.map(({ path, problem }) => [path, problem]);
  t.same(await warned({}), []);
  t.match(await warned({ audience: null }), [[at('audience'), /ANY token/]]);
  t.match(await warned({ realm: null, realm_claim: 'group' }), [[at('realm_claim'), /any realm/]]);
});

t.test('providers while Aviso asks auth-o-tron are warned of', async (t) => {
  const direct = 'auth: { mode: direct, auth_o_tron_url: "https://auth.example" }';
  const { warnings } = await loaded([MINIMAL, one({}), direct]);
  t.match(warnings, [{ path: 'sidecar.identity.providers', problem: /`direct`/ }]);
});

t.test('what is not written is what the contract says', async (t) => {
  const { config } = await loaded([
    MINIMAL,
    two({ realm: null, realm_claim: 'group', roles_claim: 'roles' }),
  ]);
  t.same(providerSettings(config.sidecar.identity), [
    {
      name: 'Gitlab',
      issuer: 'https://gitlab.example',
      jwksUri: new URL('https://gitlab.example/keys'),
      audience: 'aviso',
      algorithms: ['RS256'],
      realm: { kind: 'fixed', realm: 'gitlab' },
      usernameClaim: 'sub',
      rolesClaim: null,
      required: true,
      ecpdsUsers: false,
    },
    {
      name: 'CustomersDot',
      issuer: 'https://customers.example',
      jwksUri: null,
      audience: 'aviso',
      algorithms: ['RS256'],
      realm: { kind: 'claim', claim: 'group', reserved: ['gitlab'] },
      usernameClaim: 'sub',
      rolesClaim: 'roles',
      required: true,
      ecpdsUsers: false,
    },
  ]);
});
