import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findHadolint } from '../../tools/deploy/hadolint.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const found = await findHadolint({ env: process.env });

function lint(file: string): { readonly status: number | null; readonly said: string } {
  if (!found.ok) throw new Error(found.failure);
  const { status, stdout, stderr } = spawnSync(found.value, ['--no-color', file], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

t.test('hadolint has nothing to say about the Dockerfile', async (t) => {
  const { status, said } = lint(join(ROOT, 'Dockerfile'));
  t.equal(status, 0, said);
});

t.test('and would have about a worse one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authz-dockerfile-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM node:latest\nRUN cd /tmp && sudo apt-get install curl\n');
  const { status, said } = lint(join(folder, 'Dockerfile'));
  t.not(status, 0);
  t.match(said, /DL3007|DL3004/);
});
