import t from 'tap';
import { readToken } from '../../src/identity/token.js';

const b64 = (text: string | Buffer) => Buffer.from(text).toString('base64url');
const token = (header: string, payload = '{}', signature = 'c2ln') =>
  `${b64(header)}.${b64(payload)}.${signature}`;
const reads = (text: string) => readToken(text) !== null;
const HEADER = '{"alg":"HS256","typ":"JWT"}';

t.test('an ordinary token comes apart', async (t) => {
  const parts = readToken(token(HEADER, '{"a":1}'));
  t.equal(parts?.header.members.get('alg'), 'HS256');
  t.ok(parts?.payload);
});

t.test('three segments, none of them empty', async (t) => {
  const [header = '', payload = '', signature = ''] = token(HEADER).split('.');
  const bad = [
    '',
    '.',
    '..',
    '...',
    header,
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `.${payload}.${signature}`,
  ];
  for (const text of [
    ...bad,
    `${header}..${signature}`,
    `${header}.${payload}.${signature}.x`,
    `${header}.${payload}.${signature}.`,
  ]) {
    t.equal(reads(text), false, text);
  }
});

t.test('base64url is canonical: no padding, no other alphabet, no stray bits', async (t) => {
  const [header = '', payload = ''] = token(HEADER).split('.');
  t.equal(reads(`${header}.${payload}.AA`), true);
  t.equal(reads(`${header}.${payload}.AAA`), true);
  for (const signature of ['AB', 'AAB', 'A', 'AA==', 'AA=', 'A+/A', 'AA AA', 'AA\nAA', 'AAÄA', 'AA%3D']) {
    t.equal(reads(`${header}.${payload}.${signature}`), false, JSON.stringify(signature));
  }
  t.equal(reads(`${header}=.${payload}.AA`), false);
  t.equal(reads(`${b64('{"alg":"HS256"}')}.${payload}.AA`), true);
  t.equal(reads(`${b64('{"alg":"HS256"}').slice(0, -1)}.${payload}.AA`), false);
  t.equal(reads(` ${header}.${payload}.AA`), false);
});

t.test('header and payload are strict JSON', async (t) => {
  for (const header of [
    '',
    '[]',
    '"x"',
    'null',
    '{',
    '{"alg":"HS256",}',
    '\ufeff{"alg":"HS256"}',
    '{"alg":"\\ud800"}',
  ]) {
    t.equal(reads(token(header)), false, header);
  }
  for (const payload of ['', '{', '\ufeff{}', 'null', '{"a":"\\udc00"}', '{"a":1e999}']) {
    t.equal(reads(token(HEADER, payload)), false, payload);
  }
  t.equal(readToken(`${b64(HEADER)}.${b64(Buffer.from([0x22, 0xff, 0x22]))}.AA`), null);
});

const MEMBERS: Record<string, readonly [accepted: readonly string[], refused: readonly string[]]> = {
  'what names the key': [
    [
      '"kid":"1"',
      '"kid":null',
      '"jku":"https://x"',
      '"x5u":"x"',
      '"x5t":"x"',
      '"x5t#S256":"x"',
      '"x5c":["a"]',
      '"x5c":[]',
    ],
    [
      '"kid":1',
      '"jku":{}',
      '"jwk":{"kty":"oct","k":"AA"}',
      '"jwk":"x"',
      '"x5c":"a"',
      '"x5c":[1]',
      '"x5c":[null]',
    ],
  ],
  'what it is': [
    [
      '"typ":"JWT"',
      '"typ":"at+jwt"',
      '"typ":null',
      '"cty":"x"',
      '"nonce":"x"',
      '"url":"x"',
      '"zip":"x"',
      '"enc":"x"',
    ],
    ['"typ":1', '"cty":[]', '"zip":true', '"nonce":{}'],
  ],
  extensions: [
    ['"x":"y"'],
    [
      '"crit":["exp"]',
      '"crit":[]',
      '"crit":null',
      '"crit":"x"',
      '"b64":false',
      '"b64":null',
      '"x":1',
      '"x":null',
      '"x":{}',
    ],
  ],
  repetitions: [[], ['"alg":"HS256"', '"kid":"1","kid":"1"', '"\\u0061lg":"none"']],
};
for (const [what, [accepted, refused]] of Object.entries(MEMBERS)) {
  t.test(`of a header, ${what}`, async (t) => {
    for (const members of accepted) t.equal(reads(token(`{"alg":"HS256",${members}}`)), true, members);
    for (const members of refused) t.equal(reads(token(`{"alg":"HS256",${members}}`)), false, members);
  });
}

t.test('alg is a string', async (t) => {
  for (const alg of ['null', '1', '["HS256"]', '{}']) t.equal(reads(token(`{"alg":${alg}}`)), false, alg);
});
