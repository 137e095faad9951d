import t from 'tap';
import { isLocal, parseKeyUrl } from '../../src/domain/secure-url.js';

t.test('keys come over https, or over http from this host', async (t) => {
  for (const text of [
    'https://gitlab.example',
    'https://gitlab.example:8443/a/b?c=d',
    'http://127.0.0.1:1/keys',
    'http://[::1]/keys',
    'http://localhost/keys',
  ]) {
    t.match(parseKeyUrl(text), { ok: true, value: new URL(text) }, text);
  }
});

t.test('from nowhere else', async (t) => {
  const REFUSED: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['keys', /not a URL/],
    ['//gitlab.example/keys', /not a URL/],
    ['ftp://gitlab.example', /neither/],
    ['data:application/json,{}', /neither/],
    ['http://gitlab.example', /plain http/],
    ['http://127.0.0.2', /plain http/],
    ['http://localhost.example', /plain http/],
    ['http://127.0.0.1@evil.example/', /credentials/],
    ['https://@gitlab.example/', /credentials/],
    ['https://a:b@gitlab.example/', /credentials/],
    ['https://gitlab.example/#', /fragment/],
    ['https://gitlab.example/ keys', /blanks/],
    ['\thttps://gitlab.example', /blanks/],
  ];
  for (const [text, failure] of REFUSED) t.match(parseKeyUrl(text), { ok: false, failure }, text);
});

t.test('a local host is one of three', async (t) => {
  t.ok(isLocal(new URL('http://0x7f.1/')), 'however it is written');
  t.notOk(isLocal(new URL('http://0.0.0.0/')));
});
