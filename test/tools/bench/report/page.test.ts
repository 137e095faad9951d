import { spawnSync } from 'node:child_process';
import t from 'tap';
import { performancePage } from '../../../../tools/bench/report/page.js';
import { page, ROOT } from '../../../docs/pages.js';
import { RESULTS } from './results.js';

const block = (name: string, content = ''): string =>
  `text\n<!-- begin: ${name}, from bench/results.json, do not edit -->\n${content}<!-- end -->\nmore text\n`;

t.test('a block is filled from the results, and what is around it stays', async (t) => {
  const written = performancePage(block('direct', 'something old\n'), RESULTS);
  t.match(written, '| sidecar / bare Fastify route | 0.83 | 0.81 | 0.85 | 3 |');
  t.match(written, '| bare Fastify route | 50123 requests/s | 50123 requests/s | 50123 requests/s | 1 |');
  t.match(written, '| sidecar | not measured |', 'a figure that is missing is said to be');
  t.notMatch(written, 'something old');
  t.match(written, /^text\n/);
  t.match(written, /\nmore text\n$/);
  t.equal(performancePage(written, RESULTS), written, 'a second time changes nothing');
});

t.test('aims are shown with what was measured', async (t) => {
  const written = performancePage(block('aims'), RESULTS);
  t.match(written, '| sidecar / bare Fastify route | at least 0.80 | 0.83 | yes | yes |');
  t.match(written, '| growth of the process, 10,000 users | at most 30.0 MB | not measured |  | no |');
});

t.test('the machine is described, and not named', async (t) => {
  const written = performancePage(block('machine'), RESULTS);
  t.match(written, '`npm run bench` on 2026-11-24: 2 cores (a processor), 8 GB; Node 20.18.0, Envoy 1.40.0');
});

t.test('a block that nobody writes is a mistake', async (t) => {
  t.throws(() => performancePage(block('speed'), RESULTS), { message: /speed/ });
  t.throws(() => performancePage(block('toString'), RESULTS));
});

t.test('every part has its block in the page', async (t) => {
  const { text } = page('docs/performance.md');
  for (const name of ['machine', 'aims', 'envoy', 'direct', 'users', 'memory', 'isolation', 'growth'])
    t.match(text, `<!-- begin: ${name}, from bench/results.json, do not edit -->`);
});

t.test('page and picture are what the committed results say', async (t) => {
  const { status, stderr } = spawnSync(process.execPath, [`${ROOT}dist/tools/bench/docs.js`, '--check'], {
    encoding: 'utf8',
  });
  t.equal(status, 0, stderr);
});
