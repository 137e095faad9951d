import t from 'tap';
import { locationOf } from '../../src/doctor/nginx/locations.js';
import { parseNginx } from '../../src/doctor/nginx/parse.js';
import { clientPathFor } from '../../src/doctor/nginx/proxied.js';
import { Scope } from '../../src/doctor/nginx/scope.js';
import { bytesOf, secondsOf } from '../../src/doctor/nginx/values.js';

function scope(text: string): Scope {
  const parsed = parseNginx({ file: 'f', text }, () => null);
  if (!parsed.ok) throw new Error(parsed.failure.reason);
  return new Scope(null, parsed.value, null);
}

t.test('words are split as nginx splits them', async (t) => {
  const words = (text: string) => scope(text).directives.map(({ name, args }) => [name, ...args]);
  t.same(words('a "b c" d\\ e; # f;\ng \'h;{\' i"j";'), [
    ['a', 'b c', 'd\\ e'],
    ['g', 'h;{', 'i"j"'],
  ]);
  t.same(words('set $x $' + '{y}z; a "\\"b\\"";'), [
    ['set', '$x', '$' + '{y}z'],
    ['a', '"b"'],
  ]);
  t.throws(() => words('~^[a-z]{1} 1;'), 'a brace ends a word, as in nginx');
  t.same(words('if ($uri ~ "%") { return 404; }'), [['if', '($uri', '~', '%', ')']]);
  t.same(words('content_by_lua_block { y = { 1, { 2 } } } b;').at(-1), ['b']);
});

t.test('lines are counted through comments, quotes and blocks', async (t) => {
  const { directives } = scope('# one\na {\n  b "\n";\n}\nc;');
  t.same(
    directives.map(({ line }) => line),
    [2, 6],
  );
  t.same(
    directives[0]?.block?.map(({ line }) => line),
    [3],
  );
});

t.test('a location is chosen as nginx chooses it', async (t) => {
  const server = scope(`
    location / { }
    location = /exact { }
    location =/glued { }
    location /api/ { location ~ ^/api/n { } }
    location ^~ /plain/ { }
    location ~* \\.GIF$ { }
    location ~ ^/api/v1/w { }
    location @named { }
  `);
  const chosen = (path: string): string | undefined => locationOf(server, path)?.directive?.args.join(' ');
  t.equal(chosen('/exact'), '= /exact');
  t.equal(chosen('/glued'), '=/glued');
  t.equal(chosen('/exactly'), '/');
  t.equal(chosen('/api/v1/x'), '/api/');
  t.equal(chosen('/api/v1/watch'), '~ ^/api/v1/w', 'a regular expression goes before a prefix');
  t.equal(chosen('/api/news'), '~ ^/api/n', 'one within the prefix before any other');
  t.equal(chosen('/plain/a.gif'), '^~ /plain/', 'unless the prefix forbids it');
  t.equal(chosen('/a.gif'), '~* \\.GIF$');
  t.equal(locationOf(scope('location /a { }'), '/b'), null);
});

t.test('a setting is that of the nearest block, and of lists the nearest list', async (t) => {
  const root = scope('http { a 1; h x 1; server { h y 2; location / { b 3; if (x) { h z 4; } } } }');
  const [http] = root.children('http');
  const location = http?.children('server')[0]?.children('location')[0];
  t.same(location?.setting('a')?.args, ['1']);
  t.same(
    location?.inherited('h').map(({ args }) => args[0]),
    ['y'],
  );
  t.same(
    location
      ?.children('if')[0]
      ?.inherited('h')
      .map(({ args }) => args[0]),
    ['z'],
  );
  t.equal(location?.path, 'http > server > location /');
});

t.test('proxy_pass with a path replaces what the location matched', async (t) => {
  t.equal(clientPathFor('/api/v1/watch', '', '/x/', '/api/v1/'), '/x/watch');
  t.equal(clientPathFor('/api/v1/watch', '', '/x', '/api/v1/schema/'), null);
  t.equal(clientPathFor('/api/v1/watch', '=', '/x', '/api/v1/watch'), '/x');
  t.equal(clientPathFor('/api/v1/watch', '=', '/x', '/api/v1/'), null);
  t.equal(clientPathFor('/api/v1/watch', '', '/x', null), '/api/v1/watch');
});

t.test('sizes and times are those of nginx', async (t) => {
  t.same(['512k', '1M', '262144', '0', '1g', 'x', undefined].map(bytesOf), [
    524_288,
    1_048_576,
    262_144,
    0,
    1_073_741_824,
    null,
    null,
  ]);
  t.same(['35s', '35', '500ms', '1m30s', '1h', 's', undefined].map(secondsOf), [
    35,
    35,
    0.5,
    90,
    3600,
    null,
    null,
  ]);
});
