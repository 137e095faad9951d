import t from 'tap';
import { canonicalOf, type Rule } from './canonical.js';
import { base64urlBytes } from './compact-token.js';
import { credentialsIn } from './credentials.js';
import { readJson } from './json.js';
import { routeTruth } from './route.js';

const STRING: Rule = { type: 'StringHandler', max_length: 4 };
const INT: Rule = { type: 'IntHandler' };
const RANGED: Rule = { type: 'IntHandler', range: [-5n, 10n] };
const ENUM: Rule = { type: 'EnumHandler', values: ['CIP', 'foo'] };

t.test('canonical values are those of contract 2', async (t) => {
  const rows: [Rule, string, (string | null)[]][] = [
    [STRING, '"CIP"', ['CIP']],
    [STRING, '" a "', [' a ']],
    [STRING, '"éé"', ['éé']],
    [STRING, '"ééé"', [null]],
    [STRING, '""', [null]],
    [STRING, '"*"', [null]],
    [STRING, '5', [null]],
    [STRING, 'null', [null]],
    [STRING, '{}', [null]],
    [STRING, '["CIP"]', [null]],
    [INT, '"+5"', ['5']],
    [INT, '"007"', ['7']],
    [INT, '"-0"', ['0']],
    [INT, '"-007"', ['-7']],
    [INT, '"9223372036854775807"', ['9223372036854775807']],
    [INT, '"9223372036854775808"', [null]],
    [INT, '"-9223372036854775808"', ['-9223372036854775808']],
    [INT, '"1.0"', [null]],
    [INT, '"1e2"', [null]],
    [INT, '"+"', [null]],
    [INT, '""', [null]],
    [INT, '" 5"', [null]],
    [INT, '"٣"', [null]],
    [INT, '5', ['5']],
    [INT, '-5', ['-5']],
    [INT, '-0', ['0', null]],
    [INT, '5.0', [null]],
    [INT, '5e0', [null]],
    [INT, '9007199254740991', ['9007199254740991']],
    [INT, '9007199254740993', [null]],
    [INT, 'true', [null]],
    [INT, '{}', [null]],
    [RANGED, '"11"', [null]],
    [RANGED, '"-5"', ['-5']],
    [ENUM, '"cip"', ['cip']],
    [ENUM, '"CIP"', ['cip']],
    [ENUM, '"FOO"', ['foo']],
    [ENUM, '"ci"', [null]],
    [ENUM, '"C\u0130P"', [null]],
    [{ type: 'EnumHandler', values: ['K'] }, '"\u212a"', ['k', null]],
    [{ type: 'EnumHandler', values: ['*'] }, '"*"', [null]],
  ];
  for (const [rule, text, canonical] of rows) {
    const value = readJson(Buffer.from(text))?.value;
    t.same(value === undefined ? 'no JSON' : canonicalOf(rule, value), canonical, `${rule.type} ${text}`);
  }
});

t.test('routes are those of contract 2', async (t) => {
  const rows: Record<string, string> = {
    'POST /api/v1/watch': 'watch',
    'POST /api/v1/%77atch': 'watch',
    'POST /api/v1/watch?a=/../b': 'watch',
    'POST /api%2Dx/v1/watch': 'none',
    'POST /api/v1/replay': 'replay',
    'GET /api/v1/watch': 'none',
    'post /api/v1/watch': 'none',
    'POST /api/v1//watch': 'none',
    'POST /api/v1/watch/': 'none',
    'POST /API/V1/watch': 'none',
    'POST /api/v1%2fwatch': 'none',
    'POST /api/v1/watch;a=b': 'none',
    'POST /api/v1/%2577atch': 'none',
    'POST /api/v1/watch%00': 'none',
    'POST http://a/api/v1/watch': 'none',
    'POST ': 'none',
    'POST /api/v1/notification': 'ungated',
    'POST /api/v1/notification/../watch': 'none',
    'GET /api/v1/schema/dissemination': 'ungated',
    'GET /api/v1/schema/..': 'none',
    'GET /api/v1/schema/%2e%2E': 'none',
    'GET /api/v1/schema/a%2fb': 'none',
    'GET /api/v1/schema/a%5cb': 'none',
    'GET /api/v1/schema/': 'none',
    'GET /api/v1/admin/x': 'open',
    'GET /': 'ungated',
    'PUT /health': 'open',
    'GET /metrics': 'none',
  };
  for (const [line, route] of Object.entries(rows)) {
    const [method = '', target = ''] = line.split(' ');
    t.equal(routeTruth(method, target), route, line);
  }
});

t.test('credentials are one header of two words', async (t) => {
  const kinds = (...values: string[]) => credentialsIn(values).kind;
  t.same(credentialsIn(['bEARER \t a.b.c ']), { kind: 'token', token: 'a.b.c' });
  t.equal(kinds(), 'anonymous');
  for (const value of ['', 'Bearer', 'a.b.c', 'Bearer a b', 'Basic YTpi', 'Basic a,b', 'Bearera b']) {
    t.equal(kinds(value), 'anonymous', value);
  }
  for (const value of ['Bearer a,b', 'Bearer a,Bearer b', 'Bearer a, b c', 'bearer ,'])
    t.equal(kinds(value), 'several', value);
  for (const value of ['Bearer é', 'Bearer\u00a0a', 'Basic a,Bearer b'])
    t.equal(kinds(value), 'unclear', value);
  t.equal(kinds('Bearer a', 'Bearer a'), 'several');
});

t.test('base64url is canonical or none', async (t) => {
  t.same(base64urlBytes('_-8'), Uint8Array.of(0xff, 0xef));
  t.same(base64urlBytes('AA'), Uint8Array.of(0));
  for (const text of ['', 'A', 'AB', 'AAA=', 'AA==', 'A A', '+/8', 'AAAAA'])
    t.equal(base64urlBytes(text), null, text);
});
