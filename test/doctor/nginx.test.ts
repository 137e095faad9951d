import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { Finding } from '../../src/doctor/finding.js';
import { NGINX_CHECKS } from '../../src/doctor/nginx/checks/all.js';
import { diagnoseNginx, SHIPPED_SCRIPT } from '../../src/doctor/nginx/diagnose.js';
import { DEADLINE_SHARE } from '../../src/transport/deadline.js';
import { NGINX_CONFIG } from '../helpers/proxies.js';
import { beside, editedNginx } from './nginx-edits.js';
import { NGINX_MUTATIONS } from './nginx-mutations.js';

const BUDGET = { requestTimeoutSeconds: 30, deadlineShare: DEADLINE_SHARE };

function findings(text: string, requestTimeoutSeconds = 30): readonly Finding[] {
  const result = diagnoseNginx({ file: 'nginx.conf', text }, beside, { ...BUDGET, requestTimeoutSeconds });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

const namesOf = (found: readonly Finding[]): string[] => [...new Set(found.map(({ check }) => check))].sort();

t.test('nothing is found in the shipped configuration, as it is and written anew', async (t) => {
  t.same(findings(readFileSync(NGINX_CONFIG, 'utf8')), []);
  t.same(findings(editedNginx([])), []);
});

for (const { check, title, edits, also = [] } of NGINX_MUTATIONS) {
  t.test(`${check}: ${title}`, async (t) => {
    const found = findings(editedNginx(edits));
    t.same(namesOf(found), [check, ...also].sort());
    for (const { place, problem, cure, consequence } of found)
      t.ok(place.line > 0 && place.path !== '' && problem !== '' && cure !== '' && consequence !== '');
  });
}

t.test('every check has a way to break the configuration that it finds', async (t) => {
  const broken = new Set(NGINX_MUTATIONS.map(({ check }) => check));
  const names = NGINX_CHECKS.map(({ name }) => name);
  t.equal(new Set(names).size, names.length, 'no name is there twice');
  t.same(
    names.filter((name) => !broken.has(name)),
    [],
  );
});

t.test('the script that is vouched for is the shipped one', async (t) => {
  const script = readFileSync(join(dirname(NGINX_CONFIG), 'authz.js'));
  t.equal(
    createHash('sha256').update(script).digest('hex'),
    SHIPPED_SCRIPT,
    'SHIPPED_SCRIPT follows authz.js',
  );
});

t.test('the time for a check follows that of ECPDS', async (t) => {
  const text = readFileSync(NGINX_CONFIG, 'utf8');
  t.same(namesOf(findings(text, 34.5)), ['authz_timeout']);
  t.match(findings(text, 60), [{ cure: /proxy_read_timeout 65s/ }]);
});

t.test('a directive of a file that is included is found there', async (t) => {
  const shipped = readFileSync(NGINX_CONFIG, 'utf8');
  const text = shipped.replace(/(location \/_gateway\/ {\s*)internal;/, '$1include part.conf;');
  const include = (name: string) =>
    name === 'part.conf'
      ? [{ file: '/etc/part.conf', text: '# one\ninternal;\nproxy_cache all;' }]
      : beside(name);
  const found = diagnoseNginx({ file: 'nginx.conf', text }, include, BUDGET);
  t.match(found, { ok: true, value: [] });
  const other = diagnoseNginx(
    { file: 'nginx.conf', text: text.replace(/proxy_cache +off;/, '') },
    include,
    BUDGET,
  );
  const place = { file: '/etc/part.conf', line: 3, path: /server > location \/_gateway\/ > proxy_cache$/ };
  t.match(other, { ok: true, value: [{ check: 'proxy_cache', place }] });
});

t.test('a file that says nothing about a gate is refused, and nothing of it is shown', async (t) => {
  const refused = (text: string) => diagnoseNginx({ file: 'f', text }, () => null, BUDGET);
  for (const text of ['http {', 'a b', '}', '; a;', 'a { } }', 'a "hunter2', "a 'hunter2"]) {
    t.match(refused(text), { ok: false, failure: [{ file: 'f' }] }, text);
    t.notMatch(JSON.stringify(refused(text)), /hunter2/);
  }
  t.match(refused('a;\ninclude b;'), { ok: false, failure: [{ line: 2, reason: /includes a file/ }] });
  t.match(refused(''), { ok: false, failure: [{ reason: /no location/ }] });
  const loop = diagnoseNginx(
    { file: 'f', text: 'include f;' },
    () => [{ file: 'f', text: 'include f;' }],
    BUDGET,
  );
  t.match(loop, { ok: false }, 'a file that includes itself ends');
});

t.test('servers that have nothing to do with Aviso are left alone', async (t) => {
  const others = [
    'server { listen 8081; location / { proxy_pass http://127.0.0.1:3000; } }',
    'server { listen 8082; return 301 https://$host$request_uri; location / { proxy_pass http://aviso; proxy_set_header X-Aviso-User ""; proxy_set_header X-Aviso-Realm ""; proxy_set_header X-Aviso-Decision ""; } }',
  ];
  t.same(findings(editedNginx([{ in: 'http', add: others.join(' ') }])), []);
});
