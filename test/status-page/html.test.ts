import fc from 'fast-check';
import t from 'tap';
import { html } from '../../src/status-page/html.js';
import { statusPage } from '../../src/status-page/page.js';
import { prose, withCode } from '../../src/triage/prose.js';
import { EMPTY, type Example, HEALTHY, TROUBLE } from '../../tools/status-page/examples.js';
import { withTexts } from './hostile.js';
import { sourcesIn } from './sources.js';

const pageOf = ({ diagnosis, situation }: Example): string => statusPage(diagnosis, situation);

/** Any text, and texts of what HTML is made of. */
const TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...['<', '>', '"', "'", '&', '=', '/', '!', '-', '`', ' ', '\n', '\0', '\u{202e}', '\u{d800}', ']]>'],
        ...[
          'script',
          'onload',
          'style',
          '</pre>',
          '<!--',
          '-->',
          '&lt;',
          '&#60;',
          '</style>',
          '</title>',
          '<svg/',
          '`code`',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

/** A command: each of its words in a span without attributes, and nothing else. */
const COMMAND =
  /(<pre class="command"><code>)<span>[^<>]*<\/span>(?: <span>[^<>]*<\/span>)*(<\/code><\/pre>)/g;
/** Every tag as it is written, and whatever else begins like one. How many words a command has is not looked at. */
const tagsOf = (page: string): string[] => page.replace(COMMAND, '$1$2').match(/<[^>]*>?/g) ?? [];

t.test('what is put into a template is text, unless it is markup', async (t) => {
  const text = `<b a="1" c='2'>&amp;`;
  t.equal(html`<i title="${text}">${text}</i>`.markup.match(/[<>"']/g)?.join(''), '<"">' + '<>');
  t.equal(html`${html`<b>${1}</b>`}${[html`<i>`, 'x', null, ['<']]}`.markup, '<b>1</b><i>x&lt;');
  t.equal(
    html`${'a\u{0}b\u{202e}c\u{d83d}d\u{1f600}e\tf\ng\r'}`.markup,
    'a\u{fffd}b\u{fffd}c\u{fffd}d\u{1f600}e\tf\ng\u{fffd}',
  );
});

t.test('escaping loses nothing that can be shown', async (t) => {
  const back = (markup: string): string =>
    markup
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  fc.assert(
    fc.property(fc.string(), (text) => {
      t.equal(back(html`${text}`.markup), text);
    }),
    { numRuns: 200 },
  );
});

for (const [name, example] of Object.entries({ HEALTHY, TROUBLE, EMPTY })) {
  t.test(`no text from elsewhere makes a tag or an attribute: ${name}`, async (t) => {
    const expected = tagsOf(pageOf(example));
    t.ok(expected.length > 50);
    fc.assert(
      fc.property(TEXT, (text) => {
        const page = pageOf(withTexts(example, text));
        return JSON.stringify(tagsOf(page)) === JSON.stringify(expected);
      }),
      { numRuns: 300 },
    );
  });
}

t.test('a time that is none is text, too', async (t) => {
  const at = '"><script>alert(1)</script>';
  for (const example of [EMPTY, TROUBLE]) {
    const page = pageOf({ ...example, situation: { ...example.situation, at } });
    t.notMatch(page, /<script|NaN|Invalid/);
    t.match(page, '<time datetime="&quot;&gt;&lt;script&gt;');
  }
});

t.test('markup that html did not make comes from constants of the page alone', async (t) => {
  const users = sourcesIn('src/status-page').flatMap(({ file, text }) =>
    [...text.matchAll(/(?<!const )\btrusted\((.*?)\)/g)].map(([, what]) => `${file}: ${what}`),
  );
  t.same(users.sort(), ['marks.ts: SHAPES[of]', 'page.ts: STYLE']);
  for (const { file, text } of sourcesIn('src/status-page')) {
    if (file !== 'html.ts') t.notMatch(text, /new Html\(/, file);
  }
});

t.test('names of settings are code, and backticks of others are backticks', async (t) => {
  const [finding] = TROUBLE.diagnosis.findings;
  if (finding === undefined) throw new Error('the example has a finding');
  const wrong = prose`${'from `elsewhere`'}: ${withCode('see `servers` and `<max_entries>`')}`;
  const said = { summary: wrong, findings: [{ ...finding, wrong, evidence: ['a `string`', wrong] }] };
  const page = pageOf({ ...TROUBLE, diagnosis: { ...TROUBLE.diagnosis, ...said } });
  const markup = 'from `elsewhere`: see <code>servers</code> and <code>&lt;max_entries&gt;</code>';
  for (const [before, after] of [
    ['<p class="summary">', '</p>'],
    ['<p>', '</p>'],
    ['<li>a `string`</li><li>', '</li>'],
  ] as const)
    t.ok(page.includes(`${before}${markup}${after}`), before);
});

t.test('every attribute of every template is quoted', async (t) => {
  for (const { file, text } of sourcesIn('src/status-page')) t.notMatch(text, /=\$\{(?!.*=>)/, file);
});
