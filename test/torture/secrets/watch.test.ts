import { inspect } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { logfmtLine } from '../../../src/observe/logfmt.js';
import { sign } from '../../helpers/tokens.js';
import { SecretWatch } from './watch.js';

const SECRET = 'p4ss"word\\ü/+ <&>\'%';
const TOKEN = sign({ username: 'alice', realm: 'ecmwf' });
const [HEADER = '', PAYLOAD = '', SIGNATURE = ''] = TOKEN.split('.');

function leaksIn(text: string): string[] {
  const watch = new SecretWatch();
  watch.secret('password', SECRET);
  watch.token(TOKEN);
  watch.saw('log', text);
  return watch.leaks.map(({ secret, where }) => `${secret} in ${where}`);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** How a text comes out of programs. */
const FORMS: Readonly<Record<string, string>> = {
  'as it is': `x${SECRET}y`,
  'in JSON': JSON.stringify({ error: SECRET }),
  'in JSON in JSON': JSON.stringify({ line: JSON.stringify({ error: SECRET }) }),
  'in JSON of ASCII alone': `"${JSON.stringify(SECRET).slice(1, -1).replace('ü', '\\u00fc')}"`,
  'in logfmt': logfmtLine({ error: SECRET }),
  'in a query': `?x=${encodeURIComponent(SECRET)}&y`,
  'in a query, in lower case': `?x=${encodeURIComponent(SECRET).toLowerCase()}&y`,
  'in a form': new URLSearchParams({ password: SECRET }).toString(),
  'in a URL': encodeURI(`https://u:${SECRET}@host/`),
  'in HTML': `<p>${SECRET.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')}</p>`,
  'in Basic credentials': `Basic ${base64(`svc:${SECRET}`)}`,
  'in Basic credentials of another length': `Basic ${base64(`svc1:${SECRET}`)}`,
  'in Basic credentials of a third length': `Basic ${base64(`svc12:${SECRET}`)}`,
  'in the middle of base64': base64(`a: ${SECRET}; b`),
  'in base64url': Buffer.from(`x${SECRET}y`).toString('base64url'),
  'read as latin1': Buffer.from(SECRET).toString('latin1'),
  'as a Buffer in JSON': JSON.stringify(Buffer.from(`svc:${SECRET}`)),
  'as a Buffer, inspected': inspect(Buffer.from(SECRET)),
  'as hexadecimal': Buffer.from(`x${SECRET}`).toString('hex'),
};

for (const [form, text] of Object.entries(FORMS)) {
  t.test(`a secret is seen ${form}`, async (t) => {
    t.strictSame(leaksIn(text), ['password in log'], text);
  });
}

t.test('a token is seen whole, in its parts, and cut off at either end', async (t) => {
  for (const text of [
    `Bearer ${TOKEN}`,
    `"authorization":"Bearer ${TOKEN}"`,
    PAYLOAD,
    SIGNATURE,
    TOKEN.slice(0, 20),
    `${HEADER}.${PAYLOAD.slice(0, 16)}…`,
    `…${PAYLOAD.slice(-16)}`,
    `signature ${SIGNATURE.slice(0, 20)}… is wrong`,
    `signature …${SIGNATURE.slice(-20)} is wrong`,
    `token=${encodeURIComponent(TOKEN)}`,
  ])
    t.strictSame(leaksIn(text), ['token in log'], text);
  t.strictSame(leaksIn(base64(`{"token":"${TOKEN}"}`)), ['token in log'], 'starts like one');
});

t.test('ordinary output is no leak', async (t) => {
  for (const text of [
    '',
    'p4ssword',
    '{"event_name":"auth.ecpds.check.allowed","request_id":"8f14e45f-ceea-467f-9a0e-1c2d3e4f5a6b"}',
    'aviso_ecpds_access_decisions_total{outcome="allow"} 1',
    SIGNATURE.slice(0, 15),
    SECRET.slice(0, -1),
  ])
    t.strictSame(leaksIn(text), [], text);
});

t.test('whatever the secret and what stands around it, its base64 is seen', async () => {
  const text = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' });
  fc.assert(
    fc.property(text, fc.string(), fc.string(), (secret, before, after) => {
      const watch = new SecretWatch();
      watch.secret('password', secret);
      watch.saw('log', base64(before + secret + after));
      return watch.leaks.length === 1;
    }),
    { seed: 8 },
  );
});

t.test('what was looked through and for is counted, and a leak is told once per place', async (t) => {
  const watch = new SecretWatch();
  t.throws(() => watch.secret('password', 'short'), /too short/);
  watch.secret('password', 'long-enough');
  watch.token(TOKEN);
  for (const where of ['log', 'log', 'page']) watch.saw(where, 'ü long-enough');
  t.strictSame(watch.leaks, [
    { secret: 'password', where: 'log' },
    { secret: 'password', where: 'page' },
  ]);
  t.strictSame(
    [...watch.looked()],
    [
      ['log', 28],
      ['page', 14],
    ],
  );
  t.equal(watch.known().tokens, 1);
  t.ok(watch.known().texts >= 5);
});
