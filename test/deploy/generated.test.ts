import t from 'tap';
import { outdated } from '../../tools/deploy/generate.js';

t.test('what the folders of deploy/ share is up to date in each: else run `npm run deploy`', async (t) => {
  t.strictSame(
    outdated().map(({ path }) => path),
    [],
  );
});
