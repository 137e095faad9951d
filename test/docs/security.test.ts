import t from 'tap';
import { testFiles } from '../test-files.js';
import { partOf } from '../torture/parts.js';
import { page } from './pages.js';

interface Boundary {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** The sections of the threat model, each with the rows of its table. */
function boundaries(): Boundary[] {
  const [, model = ''] = page('SECURITY.md').text.split('\n## Threat model\n');
  return model
    .split('\n### ')
    .slice(1)
    .map((section) => {
      const lines = section.split('\n');
      const rows = lines.filter((line) => line.startsWith('| ')).slice(2);
      return { name: lines[0] ?? '', rows: rows.map((row) => row.split(' | ')) };
    });
}

/** What a cell names between backticks. */
const namedIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

const RUN = new Set([...testFiles('.test.ts', []), ...testFiles('.check.ts', [])]);

function isRun(name: string): boolean {
  const [, part] = /^torture: (.*)$/.exec(name) ?? [];
  if (part !== undefined) return partOf(part) !== undefined;
  return RUN.has(`dist/${name.replace(/\.ts$/, '.js')}`);
}

t.test('every threat of every boundary names tests, which exist and are run', async (t) => {
  const all = boundaries();
  t.ok(all.length >= 12, `${all.length} boundaries`);
  for (const { name, rows } of all) {
    t.ok(rows.length > 0, `${name} has a table`);
    for (const [threat = '', done = '', guards = '', ...more] of rows) {
      t.ok(threat !== '' && done !== '' && more.length === 0, `${name}: ${threat}`);
      const tests = namedIn(guards);
      t.ok(tests.length > 0, `${name}: ${threat} is guarded`);
      for (const test of tests) t.ok(isRun(test), `${name}: ${test}`);
    }
  }
});

t.test('a test that is gone, a helper and an unknown part would be noticed', async (t) => {
  for (const name of ['test/gone.test.ts', 'test/helpers/app.ts', 'src/app.ts', 'torture: nothing'])
    t.notOk(isRun(name), name);
});

t.test('the boundaries are those that a deployment has', async (t) => {
  t.strictSame(
    boundaries().map(({ name }) => name),
    [
      'Client to proxy',
      'Proxy to sidecar over HTTP',
      'Proxy to sidecar over gRPC',
      'Sidecar to ECPDS',
      'Sidecar to auth-o-tron',
      'Sidecar to key providers',
      'Sidecar to trace collector',
      'Operator to admin listener',
      'Configuration and secret files',
      'Host to process',
      'Readers of logs and metrics',
      'Supply chain',
      'Neighbours in the pod',
    ],
  );
});
