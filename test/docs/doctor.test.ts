import t from 'tap';
import { ENVOY_CHECKS } from '../../src/doctor/envoy/checks/all.js';
import { NGINX_CHECKS } from '../../src/doctor/nginx/checks/all.js';
import { doctorPage } from '../../tools/doctor.js';
import { page } from './pages.js';

const { text } = page('docs/doctor.md');

t.test('the page has every check, as it is', async (t) => {
  t.equal(doctorPage(text), text, 'npm run docs');
  for (const { name, severity } of [...ENVOY_CHECKS, ...NGINX_CHECKS])
    t.ok(text.includes(`| \`${name}\` | ${severity} |`), name);
});

t.test('no cell of a table breaks it', async (t) => {
  for (const { flaw, consequence } of [...ENVOY_CHECKS, ...NGINX_CHECKS])
    t.notMatch(flaw + consequence, /[|\n]/);
});
