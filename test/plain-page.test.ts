import t from 'tap';
import { plainPage } from '../src/plain-page.js';
import { diagnose } from '../src/triage/diagnose.js';
import { healthy, server } from './triage/healthy.js';

t.test('what comes from outside is text on the page', async (t) => {
  const failure = { outcome: 'unreachable', error: '<script>"&', forSeconds: 1 } as const;
  const page = plainPage(diagnose(healthy({ servers: [server(0, { failure })] })));
  t.match(page, /&lt;script&gt;&quot;&amp;/);
  t.notMatch(page, /<script/);
  t.match(page, /<h2>503: ECPDS gives no verdict<\/h2>/);
});
