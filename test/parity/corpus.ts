import { signRaw } from '../helpers/tokens.js';

/** One request as it goes over the wire; `body` is base64, so that it can be any bytes. */
export interface WireRequest {
  readonly name: string;
  /** Nothing but the match key differs from a request that is allowed. */
  readonly isMatchKeyOnly: boolean;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** 2100-01-01, so that a recorded verdict does not age. */
const FAR = 4102444800;
const HEADER = '{"typ":"JWT","alg":"HS256"}';
const token = (claims: string): string => signRaw(HEADER, claims);
const claimsOf = (members: string): string => `{"exp":${FAR},"realm":"ecmwf","roles":["reader"],${members}}`;
const ALICE = `Bearer ${token(claimsOf('"username":"alice"'))}`;
const body = (eventType: string, destination: string): string =>
  `{"event_type":"${eventType}","identifier":{"destination":${destination}}}`;
const GOOD = body('dissemination', '"CIP"');

type Draft = {
  name: string;
  isMatchKeyOnly?: boolean;
  method?: string;
  path?: string;
  auth?: string | null;
  more?: [string, string][];
  body?: string | Buffer;
};

function request(draft: Draft): WireRequest {
  const auth = draft.auth === undefined ? ALICE : draft.auth;
  return {
    name: draft.name,
    isMatchKeyOnly: draft.isMatchKeyOnly ?? false,
    method: draft.method ?? 'POST',
    path: draft.path ?? '/api/v1/watch',
    headers: [...(auth === null ? [] : [['authorization', auth] as const]), ...(draft.more ?? [])],
    body: Buffer.from(draft.body ?? GOOD).toString('base64'),
  };
}

/** The whole corpus, the same for the same seed: written cases first, then mutations of them. */
export function corpus(seed: number, mutations: number): WireRequest[] {
  const written = [
    ...paths(),
    ...methods(),
    ...bodies(),
    ...matchKeys(),
    ...headers(),
    ...tokens(),
    ...policies(),
  ];
  const random = [
    ...mutated(seed, mutations),
    ...mutatedTokens(seed, mutations / 4),
    ...mutatedCredentials(seed, mutations / 8),
  ];
  return [...written, ...random].map(request);
}

function paths(): Draft[] {
  const plain = '/api/v1/watch';
  const encodedEach = [...plain].map((char, i) => {
    const code = char.charCodeAt(0).toString(16);
    return `${plain.slice(0, i)}%${code}${plain.slice(i + 1)}`;
  });
  const forms = [
    plain,
    '/api/v1/replay',
    `${plain}/`,
    `/${plain}`,
    '/api/v1//watch',
    '/API/V1/watch',
    '/api/v1%2fwatch',
    '/api/v1%2Fwatch',
    `${plain};a=b`,
    `${plain}?a=b`,
    `${plain}?`,
    `${plain}??x=/api/v1/schema`,
    `${plain}%20`,
    `${plain}%00`,
    `${plain}%3F`,
    `${plain}%`,
    `${plain}%2`,
    `${plain}%zz`,
    '/api/v1/%2577atch',
    '/api/v1/%2e/watch',
    '/api/v1/./watch',
    '/api/v1/x/../watch',
    '/api/v1/watch/..',
    '/../api/v1/watch',
    '/api/v1/watch.',
    '/api/v1/wat%63h%2B',
    '/api/v1/WATCH',
    '/api/v1/wätch',
    '/api/v1/w%C3%A4tch',
    '/api/v1/watch\\',
    '/api\\v1\\watch',
    '/api/v1/watch,',
    '/api/v1/watch&',
    '/api/v1',
    '/api/v1/',
    '/',
    '/watch',
    '/api/v2/watch',
    '/api/v1/schema',
    '/api/v1/schema/dissemination',
    '/api/v1/notification',
    '/%61%70%69/%76%31/%77%61%74%63%68',
    '/api/v1/%52eplay',
    '/api/v1/%72eplay',
  ];
  return [...forms, ...encodedEach].map((path) => ({ name: `path ${path}`, path }));
}

const methods = (): Draft[] =>
  ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'post', 'POSTX'].map(
    (method) => ({ name: `method ${method}`, method }),
  );

function bodies(): Draft[] {
  const nest = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
  const withPayload = (payload: string) =>
    `{"event_type":"dissemination","identifier":{"destination":"CIP"},"payload":${payload}}`;
  const extra = (members: string) =>
    `{"event_type":"dissemination","identifier":{"destination":"CIP"},${members}}`;
  const numbers = [
    '0',
    '-0',
    '1e400',
    '-1e400',
    '1e308',
    '1.7976931348623157e308',
    '1.7976931348623158e308',
    '1.7976931348623159e308',
    `17976931348623157${'0'.repeat(292)}`,
    '9'.repeat(308),
    '9'.repeat(309),
    '9'.repeat(400),
    '1e-400',
    '0e999',
    '0.0e99999',
    '1E+2',
    '01',
    '+1',
    '.5',
    '1.',
    '1.e1',
    '-',
    '1e',
    '0x10',
    'NaN',
    'Infinity',
    '1_000',
    '18446744073709551616',
    '123456789012345678901234567890e280',
    `0.${'0'.repeat(400)}1`,
    `1${'0'.repeat(310)}e-310`,
    '1e00308',
    '1e0000000000000309',
  ];
  const depths = [120, 124, 125, 126, 127, 128, 129, 200];
  const texts: [string, string | Buffer][] = [
    ['good', GOOD],
    ['empty', ''],
    ['space', ' '],
    ['null', 'null'],
    ['number', '5'],
    ['string', '"x"'],
    ['array', '[]'],
    ['positional', '["dissemination",{"destination":"CIP"}]'],
    ['positional full', '["dissemination",{"destination":"CIP"},null,null,null]'],
    ['leading space', ` \t\r\n${GOOD} \n`],
    ['vertical tab', `\v${GOOD}`],
    ['nbsp', `\u00a0${GOOD}`],
    ['bom', `\ufeff${GOOD}`],
    ['trailing', `${GOOD}x`],
    ['two documents', GOOD + GOOD],
    ['trailing comma', GOOD.replace(/}$/, ',}')],
    ['comment', `/**/${GOOD}`],
    ['single quotes', GOOD.replaceAll('"', "'")],
    ['truncated', GOOD.slice(0, -1)],
    ['truncated in string', GOOD.slice(0, -4)],
    ['nul after', `${GOOD}\0`],
    ['nul in string', body('dissemination', '"CIP\0"')],
    ['control in string', body('dissemination', '"CI\u0001P"')],
    ['escaped control', body('dissemination', '"\\u0000x"')],
    ['del', body('dissemination', '"CIP\u007f"')],
    ['escaped name', GOOD.replace('event_type', '\\u0065vent_type')],
    ['escaped value', GOOD.replace('CIP', '\\u0043IP')],
    ['lone high', body('dissemination', '"\\ud800"')],
    ['lone low', body('dissemination', '"\\udc00"')],
    ['swapped pair', body('dissemination', '"\\udc00\\ud800"')],
    ['pair', body('dissemination', '"\\ud83d\\ude00"')],
    ['pair upper', body('dissemination', '"\\uD83D\\uDE00"')],
    ['high then escape', body('dissemination', '"\\ud83d\\n"')],
    ['high then text', body('dissemination', '"\\ud83dx"')],
    ['short escape', body('dissemination', '"\\u12"')],
    ['bad escape', body('dissemination', '"\\x41"')],
    ['lone surrogate in payload', withPayload('"\\ud800"')],
    ['lone surrogate in key', extra('"payload":{"\\ud800":1}')],
    ['u2028', body('dissemination', '"\u2028"')],
    ['slash escape', GOOD.replace('CIP', '\\/')],
    [
      'invalid utf8',
      Buffer.concat([
        Buffer.from('{"event_type":"dissemination","identifier":{"destination":"CIP'),
        Buffer.from([0xff]),
        Buffer.from('"}}'),
      ]),
    ],
    [
      'overlong',
      Buffer.concat([
        Buffer.from('{"event_type":"dissemination","identifier":{"destination":"CIP","x":"'),
        Buffer.from([0xc0, 0x80]),
        Buffer.from('"}}'),
      ]),
    ],
    [
      'cesu surrogate',
      Buffer.concat([
        Buffer.from('{"event_type":"dissemination","identifier":{"destination":"CIP","x":"'),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}}'),
      ]),
    ],
    ['utf16', Buffer.from(`\ufeff${GOOD}`, 'utf16le')],
    ['latin1', Buffer.from(body('dissemination', '"über"'), 'latin1')],
    ['unknown field', extra('"x":1')],
    ['unknown proto', extra('"__proto__":{}')],
    ['constructor', extra('"constructor":{}')],
    ['case field', GOOD.replace('event_type', 'Event_type')],
    ['missing type', '{"identifier":{"destination":"CIP"}}'],
    ['missing identifier', '{"event_type":"dissemination"}'],
    ['null type', '{"event_type":null,"identifier":{"destination":"CIP"}}'],
    ['number type', '{"event_type":5,"identifier":{"destination":"CIP"}}'],
    ['array type', '{"event_type":["dissemination"],"identifier":{"destination":"CIP"}}'],
    ['identifier array', '{"event_type":"dissemination","identifier":[]}'],
    ['identifier null', '{"event_type":"dissemination","identifier":null}'],
    ['identifier string', '{"event_type":"dissemination","identifier":"CIP"}'],
    ['from_id null', extra('"from_id":null')],
    ['from_id string', extra('"from_id":"1"')],
    ['from_id number', extra('"from_id":1')],
    ['from_id bool', extra('"from_id":true')],
    ['from_date null', extra('"from_date":null')],
    ['from_date string', extra('"from_date":"2025-01-01T00:00:00Z"')],
    ['from_date number', extra('"from_date":1')],
    ['from_date object', extra('"from_date":{}')],
    ['both from', extra('"from_id":"1","from_date":"2025-01-01T00:00:00Z"')],
    ['from_id junk', extra('"from_id":"x"')],
    ['payload null', withPayload('null')],
    ['payload object', withPayload('{"a":[1,{"b":null}]}')],
    ['payload repeated', withPayload('{"a":1,"a":2}')],
    ['repeated type', extra('"event_type":"dissemination"')],
    [
      'repeated type other',
      `{"event_type":"open","identifier":{"destination":"CIP"},"event_type":"dissemination"}`,
    ],
    ['repeated identifier', extra('"identifier":{"destination":"FOO"}')],
    ['repeated key', '{"event_type":"dissemination","identifier":{"destination":"CIP","destination":"FOO"}}'],
    [
      'repeated escaped key',
      '{"event_type":"dissemination","identifier":{"destination":"CIP","\\u0064estination":"NOPE"}}',
    ],
    ['repeated payload', extra('"payload":1,"payload":2')],
    ['other identifier', '{"event_type":"dissemination","identifier":{"destination":"CIP","zzz":"1"}}'],
    ['other null', '{"event_type":"dissemination","identifier":{"destination":"CIP","class":null}}'],
    [
      'other constraint',
      '{"event_type":"dissemination","identifier":{"destination":"CIP","step":{"gte":4}}}',
    ],
    ['proto identifier', '{"event_type":"dissemination","identifier":{"destination":"CIP","__proto__":"x"}}'],
    ['proto type', '{"event_type":"__proto__","identifier":{"destination":"CIP"}}'],
    ['constructor type', '{"event_type":"constructor","identifier":{"destination":"CIP"}}'],
    ['just fits', `${GOOD}${' '.repeat(262_144 - GOOD.length)}`],
    ['just too large', `${GOOD}${' '.repeat(262_145 - GOOD.length)}`],
  ];
  return [
    ...texts.map(([name, text]) => ({ name: `body ${name}`, body: text })),
    ...texts.map(([name, text]) => ({ name: `replay body ${name}`, body: text, path: '/api/v1/replay' })),
    ...numbers.map((number) => ({
      name: `payload number ${number.slice(0, 40)}`,
      body: withPayload(number),
    })),
    ...depths.flatMap((depth) => [
      { name: `payload arrays ${depth}`, body: withPayload(nest(depth, '[', ']')) },
      {
        name: `payload objects ${depth}`,
        body: withPayload(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
      },
      { name: `bare arrays ${depth}`, body: nest(depth, '[', ']') },
    ]),
  ];
}

/** The event types of the parity configuration that ECPDS gates. */
const GATED_TYPES = ['dissemination', 'numbered', 'anyint', 'listed', 'guarded'];

function matchKeys(): Draft[] {
  const values = [
    '"CIP"',
    '"cip"',
    '" CIP"',
    '"CIP "',
    '"FOO"',
    '"NOPE"',
    '""',
    '"*"',
    '"12345678"',
    '"123456789"',
    '"ééééé"',
    '"éééé"',
    '"é"',
    '"e\\u0301"',
    '"😀😀"',
    '"😀😀x"',
    '"\\u002a"',
    '"**"',
    '"%2A"',
    '">"',
    '"a.b"',
    '"a b"',
    'null',
    'true',
    'false',
    '5',
    '-5',
    '0',
    '-0',
    '5.0',
    '5e0',
    '1e1',
    '007',
    '"5"',
    '"+5"',
    '"-5"',
    '"007"',
    '"-007"',
    '"-0"',
    '"+0"',
    '"00"',
    '"+"',
    '"-"',
    '"--5"',
    '"+-5"',
    '"5 "',
    '" 5"',
    '"5.0"',
    '"5e0"',
    '"0x5"',
    '"٥"',
    '"５"',
    '"9223372036854775807"',
    '"9223372036854775808"',
    '"-9223372036854775808"',
    '"-9223372036854775809"',
    `"${'0'.repeat(5000)}5"`,
    `"${'9'.repeat(5000)}"`,
    '9007199254740991',
    '9007199254740993',
    '9223372036854775807',
    '-6',
    '9000000001',
    '9000000000',
    '[]',
    '["CIP"]',
    '{}',
    '{"in":["CIP"]}',
    '{"in":[5]}',
    '{"eq":"CIP"}',
    '{"gte":1}',
    '"foo"',
    '"FoO"',
    '"Straße"',
    '"STRASSE"',
    '"straße"',
    '"STRAßE"',
    '"ſtraße"',
    '"ΑΣ"',
    '"ας"',
    '"ασ"',
    '"CİP"',
    '"cıp"',
    '"\\u212aip"',
    '"CIP\\u0000"',
  ];
  const types = [
    'dissemination',
    'numbered',
    'anyint',
    'listed',
    'guarded',
    'members',
    'open',
    'nope',
    'Dissemination',
    'dissemination ',
  ];
  const each = types.flatMap((type) =>
    values.map((value) => ({
      name: `${type} ${value.slice(0, 40)}`,
      isMatchKeyOnly: GATED_TYPES.includes(type),
      body: body(type, value),
    })),
  );
  const without = types.map((type) => ({
    name: `${type} without match key`,
    body: `{"event_type":"${type}","identifier":{}}`,
  }));
  return [...each, ...without];
}

function headers(): Draft[] {
  const jwt = ALICE.slice('Bearer '.length);
  const forms = [
    '',
    ' ',
    'Bearer',
    'Bearer ',
    jwt,
    `Bearer  ${jwt}`,
    `Bearer\t${jwt}`,
    `bearer ${jwt}`,
    `BEARER ${jwt}`,
    `Bearer ${jwt} `,
    ` Bearer ${jwt}`,
    `Bearer ${jwt} x`,
    `Bearer ${jwt},`,
    `Bearer ${jwt},Bearer ${jwt}`,
    `Bearer ${jwt}, Bearer ${jwt}`,
    `Basic ${jwt}`,
    'Basic YTpi',
    `Basic YTpi,Bearer ${jwt}`,
    `Bearer: ${jwt}`,
    `Token ${jwt}`,
    `Digest username="a", realm="b"`,
    `Bearer "${jwt}"`,
    'Bearer x',
    'Bearer a.b.c',
    'Bearer undefined',
    `Bearer ${jwt}\u00e9`,
    `Bearer ${jwt}\u00c3\u00a9`,
    `\u00e9 ${jwt}`,
    `Bearer\u00a0${jwt}`,
    `Bearer ${jwt}=`,
    `Bearer ${jwt}.x`,
  ];
  const types = ['dissemination', 'open'];
  const each = types.flatMap((type) => [
    ...forms.map((auth) => ({
      name: `authorization ${auth.slice(0, 24)} ${type}`,
      auth,
      body: body(type, '"CIP"'),
    })),
    { name: `no authorization ${type}`, auth: null, body: body(type, '"CIP"') },
    {
      name: `two authorizations ${type}`,
      more: [['authorization', ALICE] as [string, string]],
      body: body(type, '"CIP"'),
    },
  ]);
  const contentTypes = [
    'text/plain',
    'application/json',
    'application/json; charset=utf-16',
    'junk',
    '',
    '*/*',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    ';;;',
    'application/json, text/plain',
  ];
  const encodings = [
    'identity',
    'gzip',
    'deflate',
    'br',
    'zstd',
    'Identity',
    '',
    'x',
    'identity, identity',
    'gzip, identity',
  ];
  return [
    ...each,
    ...contentTypes.map((type) => ({
      name: `content-type ${type}`,
      more: [['content-type', type] as [string, string]],
    })),
    ...encodings.map((encoding) => ({
      name: `content-encoding ${encoding}`,
      more: [['content-encoding', encoding] as [string, string]],
    })),
  ];
}

function tokens(): Draft[] {
  const payloads = [
    claimsOf('"username":"alice"'),
    claimsOf('"sub":"alice"'),
    claimsOf('"username":null,"sub":"alice"'),
    claimsOf('"username":"alice","sub":"ecmwf-alice"'),
    claimsOf('"username":"","sub":"alice"'),
    claimsOf('"username":5,"sub":"alice"'),
    claimsOf('"username":"alice","sub":5'),
    claimsOf('"sub":null'),
    claimsOf('"iss":"x"'),
    claimsOf('"username":"alice","iss":null'),
    claimsOf('"username":"alice","iss":5'),
    claimsOf('"username":"alice","iss":["x"]'),
    ...[
      'null',
      '0',
      '1',
      '-1',
      '1.0',
      '1e3',
      '"1"',
      'true',
      '18446744073709551615',
      '18446744073709551616',
      '{}',
      '[]',
      '1000000000000',
    ].map((iat) => claimsOf(`"username":"alice","iat":${iat}`)),
    ...[
      'null',
      '0',
      '99999999999',
      '-1',
      '1.5',
      '"x"',
      'true',
      '{}',
      '[]',
      '{"a":1}',
      '[1]',
      '[ ]',
      '1e400',
    ].map((nbf) => claimsOf(`"username":"alice","nbf":${nbf}`)),
    ...['null', '"x"', '["x"]', '5', '{}', '{"a":{"b":[1]}}', '[1]', 'true'].map((aud) =>
      claimsOf(`"username":"alice","aud":${aud}`),
    ),
    ...['null', '""', '" "', '5', '[]', '{}'].map((sub) => claimsOf(`"username":"alice","sub":${sub}`)),
    ...['null', '{}', '[]', '{"a":"b"}', '{"a":1}', '{"a":null}', '{"a":"b","a":"c"}', '"x"'].map(
      (attributes) => claimsOf(`"username":"alice","attributes":${attributes}`),
    ),
    ...['null', '[]', '["a"]', '"a"', '[1]', '[null]', '{}', '[["a"]]'].map(
      (roles) => `{"exp":${FAR},"realm":"ecmwf","username":"alice","roles":${roles}}`,
    ),
    ...['null', '"ecmwf"', '5', '""', '[]'].map(
      (realm) => `{"exp":${FAR},"realm":${realm},"username":"alice","roles":["reader"]}`,
    ),
    ...[
      'null',
      '0',
      '-1',
      '"4102444800"',
      '4102444800.0',
      '4102444800.5',
      '4.1024448e9',
      '18446744073709551615',
      '18446744073709551616',
      '1e400',
      'true',
      '[4102444800]',
      '04102444800',
      '1700000000',
    ].map((exp) => `{"exp":${exp},"username":"alice"}`),
    '{"username":"alice"}',
    `{"exp":${FAR},"exp":${FAR},"username":"alice"}`,
    `{"exp":1,"exp":${FAR},"username":"alice"}`,
    `{"exp":${FAR},"username":"alice","username":"bob"}`,
    `{"exp":${FAR},"username":"bob","\\u0075sername":"alice"}`,
    `{"exp":${FAR},"username":"alice","x":1,"x":2}`,
    `{"exp":${FAR},"username":"alice","nbf":1,"nbf":2}`,
    `{"exp":${FAR},"username":"alice","jti":{"deep":[1,2]}}`,
    `{"exp":${FAR},"username":"\\ud800"}`,
    `{"exp":${FAR},"username":"alice","x":"\\ud800"}`,
    `[${FAR},"alice"]`,
    '[]',
    'null',
    '"alice"',
    '',
    `\ufeff{"exp":${FAR},"username":"alice"}`,
    ` {"exp":${FAR},"username":"alice"} `,
    `{"exp":${FAR},"username":"alice"}x`,
    `{"exp":${FAR},"username":"alice","deep":${'['.repeat(130)}${']'.repeat(130)}}`,
    `{"exp":${FAR},"username":"alice","deep":${'['.repeat(126)}${']'.repeat(126)}}`,
    `{"exp":${FAR},"username":"alice","__proto__":{"roles":["admin"]}}`,
  ];
  const headerTexts = [
    HEADER,
    '{"alg":"HS256"}',
    '{"typ":"jwt","alg":"HS256"}',
    '{"typ":null,"alg":"HS256"}',
    '{"typ":5,"alg":"HS256"}',
    '{"alg":"hs256"}',
    '{"alg":"HS384"}',
    '{"alg":"HS512"}',
    '{"alg":"none"}',
    '{"alg":"None"}',
    '{"alg":"RS256"}',
    '{"alg":["HS256"]}',
    '{"alg":null}',
    '{}',
    '{"typ":"JWT"}',
    '{"alg":"HS256","alg":"HS256"}',
    '{"alg":"none","alg":"HS256"}',
    '{"alg":"HS256","typ":"JWT","typ":"x"}',
    ...['kid', 'cty', 'jku', 'x5u', 'x5t', 'x5t#S256', 'enc', 'zip', 'url', 'nonce', 'custom'].flatMap(
      (name) => ['"x"', '5', 'null', 'true', '[]', '{}'].map((value) => `{"alg":"HS256","${name}":${value}}`),
    ),
    ...['null', '[]', '["a"]', '"a"', '[1]'].map((x5c) => `{"alg":"HS256","x5c":${x5c}}`),
    ...['null', '{}', '{"kty":"oct","k":"AAAA"}', '"x"'].map((jwk) => `{"alg":"HS256","jwk":${jwk}}`),
    ...['[]', '["b64"]', '["exp"]', 'null', '"x"'].map((crit) => `{"alg":"HS256","crit":${crit}}`),
    '{"alg":"HS256","b64":false}',
    '{"alg":"HS256","b64":"false"}',
    '{"alg":"HS256","custom":"a","custom":"b"}',
    '["JWT","HS256"]',
    '{"alg":"HS256"}x',
    ' {"alg":"HS256"} ',
    '\ufeff{"alg":"HS256"}',
    '',
    'null',
    '{"alg":"HS256","x":"\\ud800"}',
    '{"alg":"HS256","__proto__":"x"}',
  ];
  const good = claimsOf('"username":"alice"');
  const [h = '', p = '', s = ''] = token(good).split('.');
  const shapes = [
    `${h}.${p}`,
    `${h}.${p}.`,
    `${h}.${p}.${s}.`,
    `.${h}.${p}.${s}`,
    `${h}..${s}`,
    `.${p}.${s}`,
    `${h}.${p}.${s}=`,
    `${h}=.${p}.${s}`,
    `${h}.${p}=.${s}`,
    `${h}.${p}.${s.slice(0, -1)}`,
    `${h}.${p}.${nextTrailing(s)}`,
    `${h}.${nextTrailing(p)}.${s}`,
    `${h}.${p}.${s}A`,
    `${h}.${p}.${s.replaceAll('-', '+').replaceAll('_', '/')}`,
    `${h}.${p}.${'A'.repeat(43)}`,
    signRaw(HEADER, good, 'another-secret'),
    signRaw('{"alg":"HS512"}', good, undefined, 'sha512'),
    signRaw(HEADER, good, undefined, 'sha512'),
  ];
  const all = [
    ...payloads.map((text) => [`claims ${text}`, token(text)]),
    ...headerTexts.map((text) => [`header ${text}`, signRaw(text, good)]),
    ...shapes.map((text, i) => [`shape ${i}`, text]),
  ] as [string, string][];
  return all.flatMap(([name, jwt]) =>
    ['dissemination', 'open'].map((type) => ({
      name: `token ${name.slice(0, 120)} ${type}`,
      auth: `Bearer ${jwt}`,
      body: body(type, '"CIP"'),
    })),
  );
}

/** The same bits with other trailing ones: not canonical base64url. */
function nextTrailing(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return segment.slice(0, -1) + alphabet[(alphabet.indexOf(segment.slice(-1)) + 1) % 64];
}

function policies(): Draft[] {
  const users = [
    ['alice', 'ecmwf', ['reader']],
    ['alice', 'ecmwf', []],
    ['alice', 'ecmwf', ['admin']],
    ['alice', 'open', []],
    ['alice', 'other', ['reader', 'admin']],
    ['alice', null, ['reader', 'admin']],
    ['bob', 'ecmwf', ['reader']],
    ['bob', 'ecmwf', ['admin']],
    ['carol', 'ecmwf', ['*']],
    ['Alice', 'ecmwf', ['reader']],
    ['alice ', 'ecmwf', ['reader']],
    ['a/../alice', 'ecmwf', ['reader']],
    ['alice&id=x', 'ecmwf', ['reader']],
    ['a+b %41 *~', 'ecmwf', ['reader']],
    ['日本\0\r\n', 'ecmwf', ['admin']],
    ['é'.repeat(3000), 'ecmwf', ['admin']],
  ] as const;
  const types = ['dissemination', 'guarded', 'members', 'open', 'nope'];
  const values = ['"CIP"', '"NOPE"', 'null', '"*"'];
  return users.flatMap(([username, realm, roles]) =>
    types.flatMap((type) =>
      values.map((value) => ({
        name: `${username}@${realm} ${roles} ${type} ${value}`,
        auth: `Bearer ${token(JSON.stringify({ exp: FAR, username, realm, roles }))}`,
        body: body(type, value),
      })),
    ),
  );
}

/** A small seeded generator (mulberry32): the corpus must be the same on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const FRAGMENTS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  ' ',
  '\n',
  '0',
  '1',
  '-',
  '.',
  'e',
  'E',
  '+',
  'null',
  'true',
  '\\u0064',
  '\\ud800',
  '\\udc00',
  '\u0000',
  '\u0080',
  '\ufeff',
  'destination',
  'event_type',
  'identifier',
  '"payload":1,',
  '"destination":"FOO",',
  '*',
  'é',
  '/',
  'CIP',
  '"event_type":"open",',
  '1e309',
];

function mutated(seed: number, count: number): Draft[] {
  const random = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const sources = [
    GOOD,
    body('numbered', '5'),
    body('listed', '"CIP"'),
    body('open', '"CIP"'),
    '{"event_type":"dissemination","identifier":{"destination":"CIP","class":"od","step":5},"from_id":null,"payload":{"a":[1,2]}}',
  ];
  const mutate = (text: string): string => {
    const at = Math.floor(random() * (text.length + 1));
    const cut = random() < 0.5 ? 0 : 1 + Math.floor(random() * 3);
    const insert = random() < 0.25 ? '' : pick(FRAGMENTS);
    return text.slice(0, at) + insert + text.slice(at + cut);
  };
  return Array.from({ length: count }, (_, i) => {
    let text = mutate(pick(sources));
    while (random() < 0.4) text = mutate(text);
    return {
      name: `mutation ${seed}/${i}`,
      body: text,
      path: random() < 0.2 ? mutatePath(random, pick) : '/api/v1/watch',
    };
  });
}

const TOKEN_FRAGMENTS = [
  ...FRAGMENTS.slice(0, 25),
  '"exp":1,',
  `"exp":${FAR},`,
  '"nbf":1,',
  '"iat":-1,',
  '"aud":["x"],',
  '"username":"bob",',
  '"username":null,',
  '"sub":"alice",',
  '"roles":["admin"],',
  '"realm":"open",',
  '"alg":"none",',
  '"typ":null,',
  '"kid":5,',
  '"x":"y",',
];

/** Tokens whose header or claims were tampered with before they were signed, so that only their reader can refuse. */
function mutatedTokens(seed: number, count: number): Draft[] {
  const random = generator(seed + 1);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const mutate = (text: string): string => {
    const at = Math.floor(random() * (text.length + 1));
    const cut = random() < 0.6 ? 0 : 1 + Math.floor(random() * 3);
    return text.slice(0, at) + (random() < 0.2 ? '' : pick(TOKEN_FRAGMENTS)) + text.slice(at + cut);
  };
  const sources = [
    claimsOf('"username":"alice"'),
    claimsOf('"sub":"alice","iss":"x","iat":1'),
    claimsOf('"username":"alice","attributes":{"a":"b"},"aud":"x","nbf":1'),
  ];
  return Array.from({ length: count }, (_, i) => {
    const parts = { header: HEADER, claims: pick(sources) };
    do {
      if (random() < 0.3) parts.header = mutate(parts.header);
      else parts.claims = mutate(parts.claims);
    } while (random() < 0.3);
    return {
      name: `token mutation ${seed}/${i}`,
      auth: `Bearer ${signRaw(parts.header, parts.claims)}`,
      body: body(pick(['dissemination', 'open']), '"CIP"'),
    };
  });
}

const CREDENTIAL_FRAGMENTS = [
  ...[
    ' ',
    '  ',
    '\t',
    ',',
    ', ',
    '.',
    '=',
    '-',
    '_',
    '+',
    '/',
    '"',
    ':',
    '~',
    '!',
    '\u00e9',
    '\u00a0',
    '\u0085',
  ],
  ...['Bearer', 'bearer ', 'Basic ', ',Bearer x', 'A', 'eyJ'],
];

/** `Authorization` values tampered with after they were signed, at their seams more than elsewhere. */
function mutatedCredentials(seed: number, count: number): Draft[] {
  const random = generator(seed + 2);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const seams = [
    0,
    1,
    'Bearer'.length,
    'Bearer '.length,
    ALICE.indexOf('.'),
    ALICE.lastIndexOf('.'),
    ALICE.length,
  ];
  return Array.from({ length: count }, (_, i) => {
    let auth = ALICE;
    do {
      const at = random() < 0.7 ? pick(seams) : Math.floor(random() * auth.length);
      const cut = random() < 0.7 ? 0 : 1;
      auth = auth.slice(0, at) + (random() < 0.1 ? '' : pick(CREDENTIAL_FRAGMENTS)) + auth.slice(at + cut);
    } while (random() < 0.3);
    return {
      name: `credential mutation ${seed}/${i}`,
      auth,
      body: body(pick(['dissemination', 'open']), '"CIP"'),
    };
  });
}

function mutatePath(random: () => number, pick: <T>(items: readonly T[]) => T): string {
  const text = pick(['/api/v1/watch', '/api/v1/replay', '/api/v1/schema']);
  const at = 1 + Math.floor(random() * (text.length - 1));
  const encoded = `%${text.charCodeAt(at).toString(16)}`;
  return (
    text.slice(0, at) +
    pick([encoded, encoded.toUpperCase(), '/', '.', '%2f', '%', ';', '%25', '%2e']) +
    text.slice(at + (random() < 0.7 ? 1 : 0))
  );
}
