import t from 'tap';
import { type Authorization, readBearer, readDirect } from '../../src/identity/authorization.js';

const told = (authorization: Authorization) =>
  authorization.kind === 'credentials'
    ? `${authorization.scheme} ${authorization.token}`
    : authorization.kind;
const bearer = (...values: string[]) => told(readBearer(values));
const direct = (...values: string[]) => told(readDirect(values));

t.test('Bearer in any case and one word is a token', async (t) => {
  for (const header of [
    'Bearer abc',
    'bearer abc',
    'BEARER abc',
    'bEaReR abc',
    ' Bearer abc ',
    'Bearer  abc',
    'Bearer\tabc',
  ]) {
    t.equal(bearer(header), 'bearer abc', JSON.stringify(header));
  }
});

t.test('a header full of blanks is read at once: it can be 64 KiB, and anybody can send it', async (t) => {
  const blanks = ' \t'.repeat(32_000);
  const startedAt = performance.now();
  t.equal(bearer(`Bearer${blanks}abc`), 'bearer abc');
  t.equal(bearer(`x${blanks}y`), 'anonymous');
  t.equal(direct(`Basic x${blanks}y${blanks}`), `basic x${blanks}y`);
  t.equal(direct(`Bearer ${`,${blanks}`}x`), 'ambiguous');
  t.ok(performance.now() - startedAt < 300, 'within 300 ms');
});

t.test('what is not two words, the first Bearer, is nobody', async (t) => {
  const headers = [
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearerabc',
    'Bearer:abc',
    'abc',
    'Basic abc',
    'Token abc',
  ];
  for (const header of [
    ...headers,
    '"Bearer" abc',
    'Digest realm="x", nonce="y"',
    'Bearer abc\u00e9',
    'Bearer a\u0000',
  ]) {
    t.equal(bearer(header), 'anonymous', JSON.stringify(header));
  }
  t.equal(bearer(), 'anonymous');
});

t.test('more than one header, or one that a proxy joined, is refused', async (t) => {
  t.equal(bearer('Bearer a', 'Bearer b'), 'ambiguous');
  t.equal(bearer('Bearer a', 'Basic b'), 'ambiguous');
  t.equal(bearer('', 'Bearer b'), 'ambiguous');
  t.equal(bearer('Bearer a', ''), 'ambiguous');
  t.equal(bearer('Bearer a', 'Bearer a'), 'ambiguous', 'even of one value');
  const joined = [
    'Bearer a,Bearer b',
    'Bearer a, Bearer b',
    'Bearer a,',
    'Bearer ,a',
    'Bearer ,',
    'bearer a,b',
  ];
  for (const header of [...joined, 'Basic x,Bearer a', 'Basic x,\tbearer a', 'x,Bearer a']) {
    t.equal(bearer(header), 'ambiguous', JSON.stringify(header));
  }
});

t.test('direct mode takes Bearer and Basic, in any case', async (t) => {
  t.equal(direct('Bearer abc'), 'bearer abc');
  t.equal(direct('bearer abc'), 'bearer abc');
  t.equal(direct('Basic dXNlcjpwYXNz'), 'basic dXNlcjpwYXNz');
  t.equal(direct('BASIC dXNlcjpwYXNz'), 'basic dXNlcjpwYXNz');
  t.equal(direct('Basic a b'), 'basic a b', 'anything not blank');
});

t.test('direct mode takes nothing else, and nothing blank', async (t) => {
  for (const header of [
    '',
    'Basic',
    'Basic ',
    'Bearer  ',
    'Basic\tabc',
    'Digest abc',
    'abc',
    'Negotiate abc',
    'Basic é',
  ]) {
    t.equal(direct(header), 'anonymous', JSON.stringify(header));
  }
  t.equal(direct(), 'anonymous');
});

t.test('direct mode refuses several, joined or not', async (t) => {
  t.equal(direct('Basic a', 'Basic b'), 'ambiguous');
  for (const header of ['Basic a,Basic b', 'Bearer a,Bearer b', 'Basic a, Bearer b', 'Bearer a, Basic b']) {
    t.equal(direct(header), 'ambiguous', header);
  }
});

t.test('auth-o-tron is shown the header as it came, trimmed', async (t) => {
  const authorization = readDirect([' bEaReR abc\t']);
  t.equal(authorization.kind === 'credentials' && authorization.header, 'bEaReR abc');
});
