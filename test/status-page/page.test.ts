import { HtmlValidate } from 'html-validate';
import t from 'tap';
import { REFRESH_SECONDS, statusPage } from '../../src/status-page/page.js';
import type { PendingConfiguration } from '../../src/triage/situation.js';
import { EMPTY, type Example, FULL, HEALTHY, idle, TROUBLE } from '../../tools/status-page/examples.js';
import { withTexts } from './hostile.js';

const pageOf = ({ diagnosis, situation }: Example): string => statusPage(diagnosis, situation);
/** What is read, without tags, in one line. */
const read = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<wbr>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\u00a0]+/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

const EXAMPLES = { HEALTHY, TROUBLE, EMPTY, FULL, hostile: withTexts(TROUBLE, `<"'&>\u{0}\u{d800}`) };

/** By the standard, with what helps those who do not see it; void elements are written as the standard has them. */
const VALIDATOR = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  rules: {
    // A character that needs no escape is not escaped, and lines end where they end.
    'no-raw-characters': 'error',
    'no-inline-style': 'error',
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    // Without a script there is no other way to show what is now. What is read stays where it is.
    'meta-refresh': 'off',
  },
});

for (const [name, example] of Object.entries(EXAMPLES)) {
  t.test(`the page is valid HTML: ${name}`, async (t) => {
    const report = await VALIDATOR.validateString(pageOf(example));
    t.same(
      report.results.flatMap(({ messages }) =>
        messages.map(({ line, ruleId, message }) => `${line}: ${ruleId}: ${message}`),
      ),
      [],
    );
  });
}

t.test('the validator finds what it is there for', async (t) => {
  const broken = pageOf(HEALTHY).replace('<main>', '<main><p><div id="traffic"></p>');
  t.notOk((await VALIDATOR.validateString(broken)).valid);
});

t.test('the page loads nothing, runs nothing, and stays small', async (t) => {
  for (const [name, example] of Object.entries(EXAMPLES)) {
    const page = pageOf(example);
    t.notMatch(page, /<script|<iframe|<form|<a |\son[a-z]+=|\sstyle=|url\(|@import|\ssrc=/, name);
    for (const [, target = ''] of page.matchAll(/\shref="([^"]*)"/g))
      t.match(target, /^data:image\/svg\+xml,/, name);
    t.ok(Buffer.byteLength(page) < 40_000, `${name}: ${Buffer.byteLength(page)} bytes`);
  }
  t.match(pageOf(HEALTHY), `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`);
});

t.test('the verdict is a word, a shape and a colour', async (t) => {
  const [healthy, trouble] = [pageOf(HEALTHY), pageOf(TROUBLE)];
  t.match(read(healthy), 'Healthy Nothing of the runbook is there: 155 checks');
  t.match(healthy, /<header class="verdict good">\s*<h1><svg class="mark good"/);
  t.match(read(trouble), 'Trouble 2 findings Many users get 503: ECPDS server 1');
  t.match(trouble, /<header class="verdict bad">\s*<h1><svg class="mark bad"/);
  t.match(trouble, '<title>Trouble: aviso-authz-7c9d5</title>');
  t.match(read(trouble), '02:57:10 UTC · aviso-authz-7c9d5 · aviso-ecpds-authz 0.1.0 · up 1 d 2 h · ready');
});

t.test('a finding says what is wrong, by what, for whom, what to run and where to read on', async (t) => {
  const page = pageOf(TROUBLE);
  const order = [
    '<h3>503: ECPDS gives no verdict</h3>',
    'cause: network',
    'many users',
    'is unreachable for 5 min 20 s',
    '<li>118 of 151 checks in 5 minutes had no verdict</li>',
    '<pre class="command"><code><span>aviso-ecpds-authz</span> <span>check</span> <span>--config</span>',
    '<code>docs/runbook.md#503-ecpds-gives-no-verdict</code>',
    '<h3>When signing keys cannot be fetched</h3>',
    'docs/key-outages.md#when-signing-keys-cannot-be-fetched',
  ].map((part) => page.indexOf(part));
  t.same(
    order,
    [...order].sort((one, other) => one - other),
    'in this order',
  );
  t.notOk(order.includes(-1), `and all of it: ${order}`);
});

t.test('the figures are there in trouble, too, under their own heading', async (t) => {
  const page = pageOf({
    ...TROUBLE,
    diagnosis: { ...TROUBLE.diagnosis, figures: ['1 of 2 ECPDS servers without failure'] },
  });
  t.match(read(page), 'When signing keys cannot be fetched');
  t.match(page, /<h2>The figures<\/h2><ul><li>1 of 2 ECPDS servers without failure<\/li>/);
  t.notMatch(pageOf(HEALTHY), 'What is wrong');
});

t.test('servers and providers say since when', async (t) => {
  const text = read(pageOf(TROUBLE));
  t.match(text, '0 https://ecpds-1.example.int/ answers – – closed 3 in flight, 0 queued');
  t.match(
    text,
    '1 https://ecpds-2.example.int/ fails 02:51:50 5 min 20 s ago unreachable connect ECONNREFUSED 192.0.2.17:443 open, only probed 0 in flight, 12 queued',
  );
  t.match(
    text,
    'ECMWF IAM old, kept after a failed refresh 2 keys 2 h 5 min http_5xx the provider answered 502',
  );
  t.match(text, 'Gitlab fresh 2 keys 21 min 52 s success');
  t.match(
    text,
    '412 lists of at most 10,000; 22 % hits of 151 checks in the last 5 min. A list is kept for 5 min.',
  );
});

t.test('every state of keys is told by a word and a shape', async (t) => {
  const [provider] = HEALTHY.situation.providers;
  if (provider === undefined) {
    t.fail('the example has a provider');
    return;
  }
  const words = { fresh: 'fresh', old: 'old, kept', expired: 'expired, not used', none: 'none yet' };
  for (const [state, word] of Object.entries(words)) {
    const changed = {
      ...provider,
      required: false,
      state: state as typeof provider.state,
      lastOutcome: null,
    };
    const page = pageOf({ ...HEALTHY, situation: { ...HEALTHY.situation, providers: [changed] } });
    t.match(read(page), new RegExp(`Gitlab optional ${word}.* not ended yet`));
    t.match(page, `<span class="state ${state === 'fresh' ? 'good' : 'bad'}">`);
  }
});

t.test('charts have their figures in words', async (t) => {
  const page = pageOf(TROUBLE);
  t.match(page, /<svg class="chart"[^>]* role="img" aria-labelledby="decisions-title decisions-desc">/);
  t.match(page, '<title id="decisions-title">Decisions over the last 15 minutes</title>');
  const text = read(page);
  t.match(text, 'outcome 5 min users 15 min allow 33 9 423 deny_destination 0 0 7 unavailable 118 47 119');
  t.match(text, 'None: admin_bypass, deny_match_key_missing, error');
  t.match(text, 'success 0 19 unreachable 118 119');
  t.match(text, 'hit 33 411 miss 118 138');
  t.match(text, 'answers by status 200 33 503 118 credentials trusted_proxy success 151');
  t.match(
    text,
    'out of the ordinary 3 decisions that took longer than 5 s; 1 right gone when its list was fetched again',
  );
});

t.test('where there is nothing, it says so', async (t) => {
  const text = read(pageOf(EMPTY));
  t.match(text, 'No ECPDS server is configured: nothing is gated.');
  t.match(text, 'No provider is configured.');
  t.match(text, 'Decisions None yet. Fetches from ECPDS None yet. Cache None yet.');
  t.match(text, 'event types that are gated none: every read passes unchecked');
  t.match(text, 'not asked in the last 4 s');
  t.match(text, 'not ready: the listeners are not bound yet');
  t.match(text, 'out of the ordinary nothing');
  t.notMatch(text, /NaN|undefined|null|Infinity|The figures/);
  const quiet = { ...HEALTHY, situation: { ...HEALTHY.situation, history: [], recent: idle(300) } };
  t.match(read(pageOf(quiet)), 'Decisions None in the last 15 minutes.');
});

t.test('what is out of the ordinary is counted', async (t) => {
  const rare = {
    rejectedFetches: 2,
    skippedRecords: 1,
    revokedGrants: 0,
    reloadFailures: 1,
    droppedLogLines: 3000,
    backgroundErrors: 1,
  };
  const page = pageOf({ ...EMPTY, situation: { ...EMPTY.situation, recent: { ...idle(60), ...rare } } });
  t.match(
    read(page),
    'out of the ordinary 2 fetches not begun: too many waited; 1 record of ECPDS without the target field; 1 configuration not taken over; 3,000 log lines lost; 1 fault of this program in the background',
  );
});

t.test('what the files say by now, and is not what runs, stands before the settings', async (t) => {
  const pageWith = (pending: PendingConfiguration): string =>
    pageOf({ ...HEALTHY, situation: { ...HEALTHY.situation, pending } });
  t.notMatch(pageOf(HEALTHY), '<ul class="pending">');
  const refused = pageWith({ refusedForSeconds: 320, needRestart: [] });
  t.match(
    read(refused),
    /Configuration The changed files were refused at \d\d:\d\d:\d\d UTC: these settings are the old ones 35 settings/,
  );
  t.notMatch(read(refused), 'restart');
  const both = pageWith({ refusedForSeconds: 0, needRestart: ['sidecar.http', 'sidecar.admin'] });
  t.match(
    read(both),
    /are the old ones Changed, and only a restart takes it over: sidecar\.http , sidecar\.admin 35 settings/,
  );
});

t.test('the settings are shown a line each', async (t) => {
  const text = read(pageOf(HEALTHY));
  t.match(text, '35 settings, without secrets');
  t.match(text, 'ecpds.servers: ["https://ecpds-1.example.int/","https://ecpds-2.example.int/"]');
  t.match(text, 'sidecar.protections.circuit_breaker.failures: 5');
});
