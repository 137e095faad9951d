import { readFileSync } from 'node:fs';
import t from 'tap';
import { productionPackages } from '../../tools/deploy/sbom.js';
import { LICENCES, written } from '../../tools/licences.js';
import { page, ROOT } from '../docs/pages.js';

/** They ask for their text and copyright to be kept, and for nothing else of whoever passes the package on. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** Whether an SPDX expression of licences joined by AND asks for allowed ones alone. */
const isAllowed = (expression: string): boolean =>
  expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' AND ')
    .every((name) => ALLOWED.includes(name));

t.test('a licence that nobody has looked at is noticed', async (t) => {
  for (const good of ['MIT', '(Apache-2.0 AND BSD-3-Clause)']) t.ok(isAllowed(good), good);
  for (const bad of ['', 'GPL-3.0', 'MIT AND GPL-2.0', '(MIT OR GPL-2.0)', 'UNLICENSED', 'SEE LICENSE IN x'])
    t.notOk(isAllowed(bad), bad);
});

t.test('every package of production has a licence of the list, also by its own account', async (t) => {
  const packages = [...productionPackages()];
  t.ok(packages.length > 50);
  for (const [path, { license, version }] of packages) {
    t.ok(isAllowed(license), `${path}: ${license}`);
    const own: unknown = JSON.parse(readFileSync(`${ROOT}${path}/package.json`, 'utf8'));
    t.match(own, { license, version }, `${path}: as installed`);
  }
});

t.test('the list of licences is what the lock file says: else run `npm run docs`', async (t) => {
  t.equal(page(LICENCES).text, written());
});

t.test('the list goes where the packages go: into the image', async (t) => {
  t.match(page('Dockerfile').text, new RegExp(`^COPY .*\\b${LICENCES}\\b.* \\./$`, 'm'));
  t.match(page('NOTICE').text.replace(/\s+/g, ' '), LICENCES);
});
