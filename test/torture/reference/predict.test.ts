import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import t from 'tap';
import { predict } from './predict.js';
import type { SentRequest } from './sent-request.js';
import type { EventTypeTruth, Truth } from './world.js';

const SECRET = 'a-secret-of-the-table-test-alone';
const NOW = 1_800_000_000;
const ED = generateKeyPairSync('ed25519');
const ISSUER = 'https://issuer.example';
const gated = { required: true, readRoles: null, rule: { type: 'StringHandler' } } as const;
const TRUTH: Truth = {
  now: NOW,
  jwtSecret: SECRET,
  isStrict: true,
  matchKey: 'destination',
  eventTypes: new Map<string, EventTypeTruth>([
    ['dissemination', gated],
    ['staff', { ...gated, readRoles: { ecmwf: ['reader'] } }],
    ['members', { required: true, readRoles: null, rule: null }],
    ['open', { required: false, readRoles: null, rule: null }],
  ]),
  adminRoles: { ecmwf: ['admin'], ops: ['*'] },
  lists: new Map<string, ReadonlySet<string> | 'no answer'>([
    ['alice', new Set(['CIP', '*', ''])],
    ['broken', 'no answer'],
  ]),
  providers: [
    {
      issuer: ISSUER,
      audience: 'aviso',
      realm: 'partners',
      algorithms: ['EdDSA'],
      ecpdsUsers: false,
      keys: [{ kid: 'one', algorithm: 'EdDSA', publicKey: ED.publicKey }],
    },
  ],
};

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const HEADER = '{"alg":"HS256"}';
function token(claims: string, header = HEADER, secret = SECRET): string {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  return `Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const of = (username: string, more = '"realm":"ecmwf"'): string =>
  token(`{"exp":${NOW + 9},"username":"${username}",${more}}`);
const body = (eventType: string, destination: string | null): string =>
  `{"event_type":"${eventType}","identifier":{${destination === null ? '' : `"destination":${destination}`}}}`;
const CIP = body('dissemination', '"CIP"');

function verdicts(
  authorization: string | null,
  text: string,
  parts: Partial<SentRequest> = {},
  truth = TRUTH,
): string {
  const headers = authorization === null ? [] : [['Authorization', authorization] as const];
  const request: SentRequest = {
    method: 'POST',
    target: '/api/v1/watch',
    routeOperation: null,
    isLate: false,
    ...parts,
    headers: [...headers, ...(parts.headers ?? [])],
    body: Buffer.from(text),
  };
  return [...predict(request, truth)].sort().join(' | ');
}

t.test('the order of the answers is that of contract 2', async (t) => {
  t.equal(verdicts(of('alice'), CIP), '200 destination_listed');
  t.equal(verdicts(of('alice'), body('dissemination', '"FOO"')), '403 DestinationNotInList');
  t.equal(verdicts(of('bob'), CIP), '403 DestinationNotInList');
  t.equal(verdicts(of('broken'), CIP), '503 SERVICE_UNAVAILABLE');
  t.equal(verdicts(of('alice'), body('dissemination', null)), '403 MatchKeyMissing');
  t.equal(verdicts(of('alice'), body('dissemination', '"*"')), '400 INVALID_REQUEST_SHAPE');
  t.equal(
    verdicts(of('root', '"realm":"ecmwf","roles":["admin"]'), body('dissemination', null)),
    '200 admin_bypass',
  );
  t.equal(
    verdicts(of('root', '"realm":"ecmwf","roles":["admin"]'), body('dissemination', '5')),
    '400 INVALID_REQUEST_SHAPE',
  );
  t.equal(verdicts(of('root', '"realm":"other","roles":["admin"]'), CIP), '403 DestinationNotInList');
  t.equal(verdicts(of('root', '"roles":["admin"]'), CIP), '403 DestinationNotInList');
  t.equal(verdicts(of('root', '"realm":"ops"'), CIP), '200 admin_bypass');
  t.equal(verdicts(of('alice'), body('staff', '5')), '403 by role');
  t.equal(
    verdicts(of('alice', '"realm":"ecmwf","roles":["reader"]'), body('staff', '"CIP"')),
    '200 destination_listed',
  );
  t.equal(verdicts(null, CIP), '401 UNAUTHORIZED');
  t.equal(verdicts(null, body('open', '5')), '200 not_gated');
  t.equal(verdicts('Bearer a.b.c', body('open', '5')), '401 UNAUTHORIZED');
  t.equal(verdicts(of('bob'), body('members', null)), '200 not_gated');
  t.equal(verdicts(of('alice'), body('nope', '"CIP"')), '400 UNKNOWN_EVENT_TYPE');
  t.equal(verdicts(null, body('nope', '"CIP"'), {}, { ...TRUTH, isStrict: false }), '200 not_gated');
  t.equal(verdicts(null, body('__proto__', '"CIP"')), '400 UNKNOWN_EVENT_TYPE');
});

t.test('a body is refused for what it is, and a token beside it may be refused first', async (t) => {
  t.equal(verdicts(of('alice'), '{'), '400 INVALID_JSON');
  t.equal(verdicts('Bearer a.b.c', '{'), '400 INVALID_JSON | 401 UNAUTHORIZED');
  t.equal(verdicts(of('alice'), '["dissemination",{"destination":"CIP"}]'), '400 INVALID_REQUEST_SHAPE');
  t.equal(verdicts(of('alice'), CIP.replace(/}$/, ',"x":1}')), '400 UNKNOWN_FIELD');
  t.equal(verdicts(of('alice'), CIP.replace(/}$/, ',"event_type":"open"}')), '400 INVALID_REQUEST_SHAPE');
  t.equal(verdicts(of('alice'), CIP.replace(/}$/, ',"payload":{"a":1,"a":2}}')), '200 destination_listed');
  t.equal(verdicts(of('alice'), CIP.replace(/}$/, ',"from_id":5}')), '400 INVALID_REQUEST_SHAPE');
  t.equal(verdicts(of('alice'), ' '.repeat(262_144)), '400 INVALID_JSON');
  t.equal(verdicts(of('alice'), ' '.repeat(262_145)), '413 PAYLOAD_TOO_LARGE');
  const header = (name: string, value: string) => verdicts(of('alice'), CIP, { headers: [[name, value]] });
  t.equal(header('X-Envoy-Auth-Partial-Body', 'true'), '413 PAYLOAD_TOO_LARGE');
  t.equal(header('x-envoy-auth-partial-body', 'false'), '200 destination_listed');
  t.equal(header('x-envoy-auth-partial-body', ''), '200 destination_listed | 413 PAYLOAD_TOO_LARGE');
  t.equal(header('content-encoding', 'gzip'), '415 UNSUPPORTED_MEDIA_TYPE');
  t.equal(header('content-encoding', 'Identity'), '200 destination_listed');
  t.equal(header('content-encoding', 'identity, br'), '415 UNSUPPORTED_MEDIA_TYPE');
});

t.test('what a proxy says of its route and its patience only refuses', async (t) => {
  t.equal(verdicts(of('alice'), CIP, { routeOperation: 'watch' }), '200 destination_listed');
  t.equal(verdicts(of('alice'), CIP, { routeOperation: 'replay' }), '500 INTERNAL_ERROR');
  t.equal(
    verdicts(null, '', { target: '/api/v1/notification', routeOperation: 'watch' }),
    '500 INTERNAL_ERROR',
  );
  t.equal(verdicts(null, '', { target: '/api/v1/notification' }), '200 not_gated');
  t.equal(verdicts(null, CIP, { target: '/api/v1/x' }), '404 NOT_FOUND');
  t.equal(verdicts(of('alice'), CIP, { isLate: true }), '503 SERVICE_UNAVAILABLE');
});

t.test('a token of the shared secret is held to the claims that Aviso takes', async (t) => {
  const claims = (text: string, header = HEADER, secret = SECRET) =>
    verdicts(token(text, header, secret), body('members', null));
  const exp = `"exp":${NOW}`;
  const good = [
    `{${exp},"username":"a"}`,
    `{"exp":${NOW - 60},"username":"a"}`,
    `{${exp},"sub":"a","username":null}`,
    `{${exp},"sub":"a","iss":null,"realm":null,"iat":null}`,
    `{${exp},"sub":"a","roles":[],"attributes":{"x":"y"},"aud":5,"nbf":${NOW + 999}}`,
  ];
  for (const text of good) t.equal(claims(text), '200 not_gated', text);
  const bad = [
    '{"username":"a"}',
    `{"exp":${NOW - 61},"username":"a"}`,
    '{"exp":1e10,"username":"a"}',
    `{"exp":${NOW}.0,"username":"a"}`,
    `{"exp":"${NOW}","username":"a"}`,
    '{"exp":18446744073709551616,"username":"a"}',
    `{${exp}}`,
    `{${exp},"username":""}`,
    `{${exp},"username":"","sub":"a"}`,
    `{${exp},"username":5,"sub":"a"}`,
    `{${exp},"username":"a","username":"a"}`,
    `{${exp},"username":"a","roles":null}`,
    `{${exp},"username":"a","roles":"admin"}`,
    `{${exp},"username":"a","roles":[5]}`,
    `{${exp},"username":"a","attributes":null}`,
    `{${exp},"username":"a","attributes":{"x":5}}`,
    `{${exp},"username":"a","iss":5}`,
    `{${exp},"username":"a","iat":-1}`,
    `[${exp}]`,
    '{',
  ];
  for (const text of bad) t.equal(claims(text), '401 UNAUTHORIZED', text);
  const headers = [
    '{"alg":"none"}',
    '{"alg":"HS384"}',
    '{"alg":"RS256"}',
    '{}',
    '{"alg":"HS256","crit":["exp"]}',
    '{"alg":"HS256","alg":"HS256"}',
    '{"alg":"HS256","jwk":{}}',
    '{"alg":"HS256","typ":5}',
    '[]',
  ];
  for (const header of headers) t.equal(claims(good[0] ?? '', header), '401 UNAUTHORIZED', header);
  t.equal(claims(good[0] ?? '', HEADER, 'another'), '401 UNAUTHORIZED');
});

t.test("a provider's token is held to the provider's keys and configuration", async (t) => {
  const signed = (claims: string, header = '{"alg":"EdDSA","kid":"one"}', key = ED.privateKey) => {
    const input = `${base64url(header)}.${base64url(claims)}`;
    return `Bearer ${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
  };
  const claims = `{"iss":"${ISSUER}","aud":"aviso","exp":${NOW + 99},"username":"alice","roles":["admin"]}`;
  t.equal(verdicts(signed(claims), body('members', null)), '200 not_gated');
  t.equal(verdicts(signed(claims), CIP), '403 by role', 'its users are not those of ECPDS');
  t.equal(verdicts(signed(claims, '{"alg":"EdDSA"}'), body('members', null)), '200 not_gated');
  const refused = [
    signed(claims, '{"alg":"EdDSA","kid":"two"}'),
    signed(claims, '{"alg":"HS256","kid":"one"}'),
    signed(claims, '{"alg":"EdDSA","jku":"https://x"}'),
    signed(claims, undefined, generateKeyPairSync('ed25519').privateKey),
    signed(claims.replace('aviso', 'other')),
    signed(claims.replace(ISSUER, `${ISSUER}/`)),
    signed(claims.replace(String(NOW + 99), String(NOW - 99))),
    token(claims),
  ];
  for (const [index, wrong] of refused.entries())
    t.equal(verdicts(wrong, body('members', null)), '401 UNAUTHORIZED', String(index));
  t.equal(
    verdicts(signed(claims.replace(String(NOW + 99), String(NOW - 9))), body('members', null)),
    '200 not_gated | 401 UNAUTHORIZED',
  );
});
