import { gzipSync } from 'node:zlib';
import type { Fault } from '../helpers/ecpds.js';
import { bearer, inSeconds, sign, signRaw } from '../helpers/tokens.js';

/** What a client must see: the same over every transport, unless `only` says otherwise and why. */
export interface Expectation {
  readonly status: number;
  /** The `code` of a refusal's JSON body. */
  readonly code?: string;
}

export interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  /** The `Authorization` header values, in order. */
  readonly authorization?: readonly string[];
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
  readonly expect: Expectation;
  /** Where proxies themselves differ: another expectation for one transport, with its reason. */
  readonly only?: Readonly<Record<string, Expectation & { readonly why: string }>>;
}

/** The destinations the stand-in ECPDS server lists. */
export const LISTED = { alice: ['CIP', 'FOO', 'ÜBER', 'cip'], ivan: ['5', '-5', '9223372036854775807'] };

/** Users for whom the stand-in ECPDS server is broken. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'user-401': { kind: 'status', status: 401 },
  'user-404': { kind: 'status', status: 404 },
  'user-500': { kind: 'status', status: 500 },
  'user-html': { kind: 'body', body: '<html>' },
  'user-reset': { kind: 'reset' },
  'user-hang': { kind: 'slow_headers' },
};

/** The user at whose check the sidecar itself fails. */
export const BUG_USER = 'user-bug';

const ALICE = [bearer({ username: 'alice' })];
const body = (destination: unknown, eventType: unknown = 'dissemination'): string =>
  JSON.stringify({ event_type: eventType, identifier: { destination } });
const CIP = body('CIP');
const invalid = (code: string, status = 400): Expectation => ({ status, code });
const ALLOW: Expectation = { status: 200 };
const DENY = invalid('FORBIDDEN', 403);
const NO_VERDICT = invalid('SERVICE_UNAVAILABLE', 503);
const WHO = invalid('UNAUTHORIZED', 401);
const SHAPE = invalid('INVALID_REQUEST_SHAPE');
const LOST = invalid('NOT_FOUND', 404);

const as = (name: string, claims: Record<string, unknown>, text: string, expect: Expectation): Case => ({
  name,
  authorization: [bearer(claims)],
  body: text,
  expect,
});
const withBody = (name: string, text: string | Buffer, expect: Expectation): Case => ({
  name,
  authorization: ALICE,
  body: text,
  expect,
});
const withToken = (name: string, token: string, expect: Expectation): Case => ({
  name,
  authorization: [`Bearer ${token}`],
  body: CIP,
  expect,
});
const at = (path: string, expect: Expectation, only?: Case['only']): Case => ({
  name: `path ${path}`,
  path,
  authorization: ALICE,
  body: CIP,
  expect,
  ...(only === undefined ? {} : { only }),
});

const OUTCOMES: Case[] = [
  as('a listed destination is allowed', { username: 'alice' }, CIP, ALLOW),
  {
    name: 'replay is checked as watch is',
    path: '/api/v1/replay',
    authorization: ALICE,
    body: CIP,
    expect: ALLOW,
  },
  as('a destination beyond ASCII is compared as it is', { username: 'alice' }, body('ÜBER'), ALLOW),
  as('an unlisted destination is denied', { username: 'alice' }, body('SECRET'), DENY),
  as('a denial from cache is a denial', { username: 'alice' }, body('SECRET'), DENY),
  as('case matters', { username: 'alice' }, body('Cip'), DENY),
  as('a user without any destination is denied', { username: 'bob' }, CIP, DENY),
  as(
    'a request without the match key is denied',
    { username: 'alice' },
    '{"event_type":"dissemination","identifier":{}}',
    DENY,
  ),
  as('an admin bypasses the check', { username: 'root', roles: ['admin'] }, body('SECRET'), ALLOW),
  as(
    'an admin of another realm does not',
    { username: 'bob', realm: 'other', roles: ['admin'] },
    body('CIP'),
    DENY,
  ),
  as('ECPDS refusing the service account is no verdict', { username: 'user-401' }, CIP, NO_VERDICT),
  as('ECPDS answering 404 is no verdict', { username: 'user-404' }, CIP, NO_VERDICT),
  as('ECPDS failing is no verdict', { username: 'user-500' }, CIP, NO_VERDICT),
  as('ECPDS answering HTML is no verdict', { username: 'user-html' }, CIP, NO_VERDICT),
  as('ECPDS resetting the connection is no verdict', { username: 'user-reset' }, CIP, NO_VERDICT),
  as('ECPDS hanging is no verdict', { username: 'user-hang' }, CIP, NO_VERDICT),
  as('a fault of the sidecar is its own fault', { username: BUG_USER }, CIP, invalid('INTERNAL_ERROR', 500)),
];

const POLICY: Case[] = [
  as('an event type without ECPDS needs a user only', { username: 'bob' }, body('x', 'members'), ALLOW),
  as('a missing read role is refused', { username: 'bob' }, body('x', 'staff'), DENY),
  as('a read role lets through', { username: 'bob', roles: ['reader'] }, body('x', 'staff'), ALLOW),
  as(
    'a read role of another realm does not',
    { username: 'bob', realm: 'x', roles: ['reader'] },
    body('x', 'staff'),
    DENY,
  ),
  as(
    'a user without a realm holds no role',
    { username: 'bob', realm: null, roles: ['reader'] },
    body('x', 'staff'),
    DENY,
  ),
  as('an admin passes read roles', { username: 'root', roles: ['admin'] }, body('x', 'staff'), ALLOW),
  { name: 'a public event type needs no user', body: body('x', 'open'), expect: ALLOW },
  as(
    'an unknown event type is refused',
    { username: 'alice' },
    body('CIP', 'nope'),
    invalid('UNKNOWN_EVENT_TYPE'),
  ),
  as(
    '__proto__ is an unknown event type',
    { username: 'alice' },
    body('CIP', '__proto__'),
    invalid('UNKNOWN_EVENT_TYPE'),
  ),
  as('an integer is canonicalised', { username: 'ivan' }, body('+007', 'numbered'), DENY),
  as(
    'an integer with a sign and zeros is the same integer',
    { username: 'ivan' },
    body('+005', 'numbered'),
    ALLOW,
  ),
  as('a plainly written JSON integer counts', { username: 'ivan' }, body(-5, 'numbered'), ALLOW),
  as(
    'an integer with a fraction does not',
    { username: 'ivan' },
    '{"event_type":"numbered","identifier":{"destination":5.0}}',
    SHAPE,
  ),
  as(
    'an integer beyond 64 bits does not',
    { username: 'ivan' },
    body('9223372036854775808', 'numbered'),
    SHAPE,
  ),
  as('an enumerated value is lower-cased', { username: 'alice' }, body('CIP', 'listed'), ALLOW),
  as('a value outside the enumeration is refused', { username: 'alice' }, body('NOPE', 'listed'), SHAPE),
];

const IDENTITY: Case[] = [
  { name: 'no token on a gated stream is 401', body: CIP, expect: WHO },
  { name: 'Basic credentials count as none', authorization: ['Basic YTpi'], body: CIP, expect: WHO },
  {
    name: 'three words count as none',
    authorization: [`Bearer ${sign({ username: 'alice' })} x`],
    body: CIP,
    expect: WHO,
  },
  {
    name: 'the scheme may be in any case',
    authorization: [`bEaReR ${sign({ username: 'alice' })}`],
    body: CIP,
    expect: ALLOW,
  },
  {
    name: 'a bad token is 401 on a public stream, too',
    authorization: ['Bearer x.y.z'],
    body: body('x', 'open'),
    expect: WHO,
  },
  {
    name: 'two Authorization headers are refused',
    authorization: [...ALICE, ...ALICE],
    body: CIP,
    expect: WHO,
    only: {
      nginx: {
        status: 400,
        code: 'INVALID_REQUEST_SHAPE',
        why: 'nginx refuses a repeated Authorization itself',
      },
    },
  },
  {
    name: 'a comma in a Bearer header is refused',
    authorization: [`${ALICE[0]},${ALICE[0]}`],
    body: CIP,
    expect: WHO,
  },
  withToken('a token signed with another secret', sign({ username: 'alice' }, 'another secret'), WHO),
  withToken('an expired token', sign({ username: 'alice', exp: inSeconds(-120) }), WHO),
  withToken('a token within the leeway', sign({ username: 'alice', exp: inSeconds(-30) }), ALLOW),
  withToken('a token without exp', sign({ username: 'alice', exp: undefined }), WHO),
  withToken('a token whose exp is a string', sign({ username: 'alice', exp: '4102444800' }), WHO),
  withToken(
    'alg none',
    `${signRaw('{"alg":"none"}', JSON.stringify({ username: 'alice', exp: inSeconds(60) })).replace(/[^.]*$/, '')}`,
    WHO,
  ),
  withToken(
    'another HMAC algorithm',
    signRaw(
      '{"alg":"HS512"}',
      JSON.stringify({ username: 'alice', exp: inSeconds(60) }),
      undefined,
      'sha512',
    ),
    WHO,
  ),
  withToken(
    'crit',
    signRaw('{"alg":"HS256","crit":["exp"]}', JSON.stringify({ username: 'alice', exp: inSeconds(60) })),
    WHO,
  ),
  withToken(
    'a repeated claim',
    signRaw('{"alg":"HS256"}', `{"username":"alice","username":"bob","exp":${inSeconds(60)}}`),
    WHO,
  ),
  withToken('an empty user name', sign({ username: '' }), WHO),
  withToken('sub in place of username', sign({ sub: 'alice' }), ALLOW),
  withToken('username before sub', sign({ username: 'alice', sub: 'ecmwf-alice' }), ALLOW),
  withToken('a null username falls back to sub', sign({ username: null, sub: 'alice' }), ALLOW),
  withToken('null roles', sign({ username: 'alice', roles: null }), WHO),
];

const BODIES: Case[] = [
  withBody('no body', '', invalid('INVALID_JSON')),
  withBody('not JSON', '{"event_type":', invalid('INVALID_JSON')),
  withBody('two documents', CIP + CIP, invalid('INVALID_JSON')),
  withBody('a byte order mark', `\ufeff${CIP}`, invalid('INVALID_JSON')),
  withBody('invalid UTF-8', Buffer.from(CIP.replace('CIP', '\u00ff'), 'latin1'), invalid('INVALID_JSON')),
  withBody('a lone surrogate', CIP.replace('CIP', '\\ud800'), invalid('INVALID_JSON')),
  withBody(
    'nesting beyond the limit',
    `{"event_type":"dissemination","identifier":{"destination":"CIP"},"payload":${'['.repeat(128)}${']'.repeat(128)}}`,
    invalid('INVALID_JSON'),
  ),
  withBody('a number beyond a double', CIP.replace(/}$/, ',"payload":1e400}'), invalid('INVALID_JSON')),
  withBody('an unknown field', CIP.replace(/}$/, ',"x":1}'), invalid('UNKNOWN_FIELD')),
  withBody('an array in place of the object', '["dissemination",{"destination":"CIP"}]', SHAPE),
  withBody('an event type that is a number', body('CIP', 5), SHAPE),
  withBody('no identifier', '{"event_type":"dissemination"}', SHAPE),
  withBody('from_id that is a number', CIP.replace(/}$/, ',"from_id":1}'), SHAPE),
  withBody('a repeated event type', `{"event_type":"open",${CIP.slice(1)}`, SHAPE),
  withBody(
    'a repeated match key',
    CIP.replace('{"destination"', '{"destination":"SECRET","destination"'),
    SHAPE,
  ),
  withBody(
    'a match key repeated in disguise',
    CIP.replace('{"destination"', '{"\\u0064estination":"SECRET","destination"'),
    SHAPE,
  ),
  withBody(
    "a repeated name in the payload is nobody's business",
    CIP.replace(/}$/, ',"payload":{"a":1,"a":2}}'),
    ALLOW,
  ),
  withBody('an escaped match key is the match key', CIP.replace('destination', '\\u0064estination'), ALLOW),
  withBody('the wildcard', body('*'), SHAPE),
  withBody('an empty destination', body(''), SHAPE),
  withBody('a destination longer than the schema allows', body('X'.repeat(33)), SHAPE),
  withBody('a null destination', body(null), SHAPE),
  withBody('a list of destinations', body(['CIP']), SHAPE),
  withBody('a constraint in place of a destination', body({ in: ['CIP'] }), SHAPE),
  withBody('a number in place of a string', body(5), SHAPE),
  withBody('exactly as large as allowed', CIP + ' '.repeat(262_144 - CIP.length), ALLOW),
  withBody('one byte too large', CIP + ' '.repeat(262_145 - CIP.length), invalid('PAYLOAD_TOO_LARGE', 413)),
  {
    name: 'a compressed body',
    authorization: ALICE,
    headers: [['content-encoding', 'gzip']],
    body: gzipSync(CIP),
    expect: invalid('UNSUPPORTED_MEDIA_TYPE', 415),
  },
  {
    name: 'an identity Content-Encoding',
    authorization: ALICE,
    headers: [['content-encoding', 'identity']],
    body: CIP,
    expect: ALLOW,
  },
  ...['text/plain', 'application/x-www-form-urlencoded', 'junk', 'application/json; charset=utf-16'].map(
    (type): Case => ({
      name: `any Content-Type, such as ${type}`,
      authorization: ALICE,
      headers: [['content-type', type]],
      body: CIP,
      expect: ALLOW,
    }),
  ),
];

const normalised = (why: string) => ({
  envoy_http: { ...ALLOW, why },
  envoy_grpc: { ...ALLOW, why },
  nginx: { ...ALLOW, why },
});

const PATHS: Case[] = [
  at('/api/v1/watch?a=b', ALLOW),
  at('/api/v1/%77atch', ALLOW),
  at('/api/v1/watch/', LOST),
  at('/API/V1/watch', LOST),
  at('/api/v1/watch;a=b', LOST),
  at('/api/v1/%2577atch', LOST),
  at('/api/v1/watchx', LOST),
  at('/nowhere', LOST),
  at('/api/v1//watch', LOST, normalised('the proxy merges slashes, and the gateway gets the merged path')),
  at(
    '/api/v1/x/../watch',
    LOST,
    normalised('the proxy resolves dot segments, and the gateway gets the resolved path'),
  ),
  at(
    '/api/v1/notification/../watch',
    LOST,
    normalised('resolved by the proxy: checked as the watch it becomes'),
  ),
  ...['GET', 'PUT', 'DELETE'].map(
    (method): Case => ({ name: `${method} on watch`, method, authorization: ALICE, expect: LOST }),
  ),
  { name: 'a notification passes unchecked', path: '/api/v1/notification', body: '{}', expect: ALLOW },
  { name: 'the schemas pass unchecked', method: 'GET', path: '/api/v1/schema', expect: ALLOW },
  { name: 'one schema passes unchecked', method: 'GET', path: '/api/v1/schema/dissemination', expect: ALLOW },
];

const SPOOFS: Case[] = [
  {
    name: "a client's own x-aviso-decision decides nothing",
    authorization: ALICE,
    headers: [
      ['x-aviso-decision', 'allow'],
      ['x-aviso-user', 'root'],
    ],
    body: body('SECRET'),
    expect: DENY,
  },
  {
    name: "a client's own x-aviso-user makes nobody a user",
    headers: [
      ['x-aviso-user', 'alice'],
      ['x-aviso-realm', 'ecmwf'],
    ],
    body: CIP,
    expect: WHO,
  },
];

/** The table of contract 2, 4 and 6. */
export const CASES: readonly Case[] = [...OUTCOMES, ...POLICY, ...IDENTITY, ...BODIES, ...PATHS, ...SPOOFS];
