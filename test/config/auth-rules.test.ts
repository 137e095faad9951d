import t from 'tap';
import { type Case, holdCases, loaded, MINIMAL } from './fixture.js';

const direct = (url: string): string => `auth: { mode: direct, auth_o_tron_url: ${JSON.stringify(url)} }`;

const CASES: readonly Case[] = [
  ['direct mode over https', direct('https://auth.example.int/base/')],
  ['direct mode over http', direct('http://auth-o-tron:8080')],
  ['direct mode without a URL', 'auth: { mode: direct }', ['auth.auth_o_tron_url', /missing/]],
  ['a padded URL', direct(' http://auth-o-tron:8080'), ['auth.auth_o_tron_url', /blanks/]],
  [
    'a padded URL that is not used',
    'auth: { auth_o_tron_url: "x " }',
    ['auth.auth_o_tron_url', /blanks around/],
  ],
  ['no URL', direct('auth-o-tron'), ['auth.auth_o_tron_url', /not a URL/]],
  ['another scheme', direct('unix:/run/auth'), ['auth.auth_o_tron_url', /neither/]],
  ['credentials in the URL', direct('https://u:p@auth.example.int'), ['auth.auth_o_tron_url', /credentials/]],
  ['a query in the URL', direct('https://auth.example.int?'), ['auth.auth_o_tron_url', /query/]],
  ['no secret', 'auth: { jwt_secret: null }', ['auth.jwt_secret', /missing/]],
  ['an empty secret', 'auth: { jwt_secret: "" }', ['auth.jwt_secret', /missing/]],
  [
    'a block that is given twice',
    `${direct('https://a.example.int')}\nauth: {}`,
    ['auth', /twice \(1\.yaml:2:1\)/],
  ],
  ['a blank secret', 'auth: { jwt_secret: "   " }', ['auth.jwt_secret', /blank/]],
  ['a padded secret', 'auth: { jwt_secret: "0123456789\\n" }', ['auth.jwt_secret', /blanks around/]],
  ['a boolean as secret', 'auth: { jwt_secret: true }', ['auth.jwt_secret', /quotes/]],
  ['no admin roles', 'auth: { admin_roles: null }', ['auth.admin_roles', /empty/]],
  ['a realm without roles', 'auth: { admin_roles: { other: [] } }', ['auth.admin_roles.other', /no role/]],
  [
    'a realm that is null',
    'auth: { admin_roles: { other: null } }',
    ['auth.admin_roles.other', /empty, not a list/],
  ],
  ['a blank realm', 'auth: { admin_roles: { " ": [a] } }', ['auth.admin_roles[" "]', /blank/]],
  ['a padded realm', 'auth: { admin_roles: { " a": [a] } }', ['auth.admin_roles[" a"]', /blanks around/]],
  [
    'a blank role',
    'auth: { admin_roles: { operations: [a, ""] } }',
    ['auth.admin_roles.operations[1]', /empty/],
  ],
  [
    'a padded role',
    'auth: { admin_roles: { operations: ["a "] } }',
    ['auth.admin_roles.operations[0]', /around/],
  ],
  [
    'roles that are a text',
    'auth: { admin_roles: { operations: admin } }',
    ['auth.admin_roles.operations', /list/],
  ],
  ['no time', 'auth: { timeout_ms: 0 }', ['auth.timeout_ms', /range/]],
  ['more time than a timer holds', 'auth: { timeout_ms: 2147483648 }', ['auth.timeout_ms', /range/]],
  ['another mode', 'auth: { mode: proxy }', ['auth.mode', /known/]],
  ['a number as mode', 'auth: { mode: 1 }', ['auth.mode', /whole number/]],
  ['enabled by a word', 'auth: { enabled: "on" }'],
  ['enabled by another word', 'auth: { enabled: maybe }', ['auth.enabled', /text, not/]],
  ['an unknown key', 'auth: { jwt_sercet: x }', ['auth.jwt_sercet', /known/]],
  [
    'everything wrong at once',
    'auth: { jwt_secret: "", mode: direct, timeout_ms: -1, admin_roles: { operations: [" "] }, extra: 1 }',
    ['auth.jwt_secret', /missing/],
    ['auth.auth_o_tron_url', /missing/],
    ['auth.timeout_ms', /range/],
    ['auth.admin_roles.operations[0]', /blank/],
    ['auth.extra', /known/],
  ],
];

t.test('auth', async (t) => holdCases(t, CASES));

t.test('a half empty block is fine while auth is off', async (t) => {
  const { config } = await loaded(['auth: { enabled: false, jwt_secret: "", auth_o_tron_url: " " }']);
  t.equal(config.auth.enabled, false);
});

t.test('an empty file is a valid configuration that checks nothing', async (t) => {
  const { config } = await loaded(['']);
  t.match(config.auth, { enabled: false, mode: 'direct', jwt_secret: '', timeout_ms: 5000 });
  t.equal(config.ecpds, null);
  t.equal(config.notification_schema_strict, false);
});

t.test('realms with the names of object members are realms like any other', async (t) => {
  const overlay = 'auth: { admin_roles: { __proto__: [a], constructor: [b], toString: [c] } }';
  const { config } = await loaded([MINIMAL, overlay]);
  t.strictSame(
    [...config.auth.admin_roles],
    [
      ['operations', ['admin']],
      ['__proto__', ['a']],
      ['constructor', ['b']],
      ['toString', ['c']],
    ],
  );
});
