import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

t.test('the reference in docs/configuration.md is what the schema says', async (t) => {
  const tool = fileURLToPath(new URL('../../tools/docs.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [tool, '--check'], { encoding: 'utf8' });
  t.equal(status, 0, stderr);
});
