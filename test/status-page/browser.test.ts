import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { REFRESH_SECONDS, statusPage } from '../../src/status-page/page.js';
import { startChromium } from '../../tools/browser/chromium.js';
import type { Tab, TabOptions } from '../../tools/browser/tab.js';
import { findChromium } from '../../tools/proxies/chromium-binary.js';
import { EMPTY, type Example, FULL, HEALTHY, TROUBLE } from '../../tools/status-page/examples.js';
import { PICTURES, pictureOf } from '../../tools/status-page/screenshots.js';
import { servePage } from '../../tools/status-page/serve.js';
import { contrasts } from './contrasts.js';
import { withTexts } from './hostile.js';
import { ROOT } from './sources.js';

const log = (line: string): void => void process.stderr.write(`# ${line}\n`);
const found = await findChromium({ env: process.env, log });
// Never skipped: whoever can run the tests can have the browser.
if (!found.ok) throw new Error(`no Chromium: ${found.why}`);
const browser = await startChromium(found);
t.teardown(() => browser.close());
t.comment(`ran real Chromium ${found.version} (${found.binary})`);

const DESK: TabOptions = { width: 1280, height: 800, scheme: 'light' };
const PHONE: TabOptions = { width: 360, height: 740, scheme: 'light', phone: true };
const LONG = 'x'.repeat(400);
const HOSTILE = `"'>\`code\`<img src=x onerror=alert(1)><script>console.log(1)</script><!--]]>&lt;`;
const EXAMPLES: Readonly<Record<string, Example>> = {
  HEALTHY,
  TROUBLE,
  EMPTY,
  FULL,
  long: withTexts(TROUBLE, LONG),
  hostile: withTexts(TROUBLE, HOSTILE),
};

/** A page that is served and opened. */
async function opened(t: Test, example: Example, options: TabOptions): Promise<Tab> {
  const serving = await servePage(() => statusPage(example.diagnosis, example.situation));
  t.teardown(() => serving.close());
  const tab = await browser.tab(options);
  t.teardown(() => tab.close());
  await tab.goTo(serving.url);
  return tab;
}

t.test('the browser tells of what a page does wrong', async (t) => {
  const serving = await servePage(
    () => '<!DOCTYPE html><p style="color:red">x<script>alert(1)</script><img src="/y">',
  );
  t.teardown(() => serving.close());
  const tab = await browser.tab(DESK);
  t.teardown(() => tab.close());
  await tab.goTo(serving.url);
  t.match(tab.complaints.join('\n'), /style[\s\S]*script[\s\S]*img-src/);
});

for (const [name, example] of Object.entries(EXAMPLES)) {
  t.test(`nothing is amiss, and nothing is wider than the screen: ${name}`, async (t) => {
    for (const options of [DESK, PHONE, { ...PHONE, width: 320 }]) {
      const tab = await opened(t, example, options);
      t.same(tab.complaints, [], 'no complaints');
      const width = await tab.evaluate('document.documentElement.scrollWidth');
      t.equal(width, options.width, `${options.width} pixels`);
      t.same(await tab.evaluate(OUTSIDE), [], 'and nothing sticks out of it');
    }
  });
}

/** Elements that are drawn beyond an edge of the page, or whose own content does not fit into them. */
const OUTSIDE = `[...document.body.querySelectorAll('*')].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  const clipped = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1;
  return !element.closest('thead, svg') && width > 0 && (left < 0 || right > innerWidth + 0.5 || clipped);
}).map((element) => element.outerHTML.slice(0, 120))`;

t.test('texts from elsewhere are text to a browser, too', async (t) => {
  const [plain, hostile] = [
    await opened(t, TROUBLE, DESK),
    await opened(t, withTexts(TROUBLE, HOSTILE), DESK),
  ];
  const shape = `JSON.stringify([...document.querySelectorAll('*:not(.command span)')].map(({ tagName, attributes }) => [tagName, [...attributes].map(({ name }) => name)]))`;
  t.equal(await hostile.evaluate(shape), await plain.evaluate(shape), 'the same elements and attributes');
  const words = await hostile.evaluate(
    `[...document.querySelectorAll('.command span')].every(({ attributes, children }) => attributes.length + children.length === 0)`,
  );
  t.equal(words, true, 'words of a command have no attribute, and nothing is in them');
  const text = String(await hostile.evaluate('document.body.textContent'));
  t.ok(text.includes(`https://ecpds-2.example.int/${HOSTILE}`), 'and it can be read as it was');
});

t.test('a command is selected as a whole, and copied as it is', async (t) => {
  const tab = await opened(t, TROUBLE, PHONE);
  const selected = await tab.evaluate(`[...document.querySelectorAll('.command')].map((command) => {
    getSelection().selectAllChildren(command);
    return getSelection().toString();
  })`);
  t.same(
    selected,
    TROUBLE.diagnosis.findings.map(({ next }) => next),
  );
});

t.test('it is dark where the system is', async (t) => {
  const colours = `(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))`;
  const light = await opened(t, HEALTHY, DESK);
  const dark = await opened(t, HEALTHY, { ...DESK, scheme: 'dark' });
  t.same(await light.evaluate(colours), ['rgb(255, 255, 255)', 'rgb(31, 35, 40)']);
  t.same(await dark.evaluate(colours), ['rgb(13, 17, 23)', 'rgb(230, 237, 243)']);
  t.notOk((await light.screenshot()).equals(await dark.screenshot()));
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, example] of Object.entries({ HEALTHY, TROUBLE, EMPTY, FULL })) {
    t.test(`every text has the contrast of WCAG AA: ${name}, ${scheme}`, async (t) => {
      const tab = await opened(t, example, { ...DESK, scheme });
      const texts = await contrasts(tab);
      t.ok(texts.length > 20);
      t.same(
        texts.filter(({ ratio, large }) => ratio < (large ? 3 : 4.5)),
        [],
      );
    });
  }
}

t.test('without scripts everything is there', async (t) => {
  const tab = await opened(t, TROUBLE, { ...PHONE, scripts: false });
  const markup = await tab.markup();
  for (const text of [`${TROUBLE.diagnosis.summary}`, 'Trouble', 'ECONNREFUSED', 'decisions-title'])
    t.ok(markup.includes(text), text);
  t.notMatch(markup, '<script');
});

t.test('what a screen reader is told has the verdict, the tables and the charts', async (t) => {
  const tab = await opened(t, TROUBLE, PHONE);
  const { nodes } = await tab.send('Accessibility.getFullAXTree');
  const told = (nodes as readonly AxNode[]).map(({ role, name }) => `${role?.value}: ${name?.value}`);
  const of = (pattern: RegExp): string[] => told.filter((line) => pattern.test(line));
  t.same(of(/^heading: Trouble/).length, 1);
  t.same(of(/^image: (Decisions|Fetches from ECPDS|Cache) over the last 15 minutes/).length, 3);
  t.same(of(/^columnheader: (server|state|since|last outcome|circuit|calls)$/).length, 6, 'on a phone, too');
});

interface AxNode {
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

/** Width and height, from the first chunk of a PNG. */
const sizeOf = (png: Buffer): [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)];

for (const picture of PICTURES) {
  t.test(`the picture of the docs is one of the page as it is: ${picture.path}`, async (t) => {
    const shown = readFileSync(join(ROOT, picture.path));
    t.equal(shown.toString('latin1', 1, 4), 'PNG');
    t.ok(shown.length < 300_000, `${shown.length} bytes`);
    const [width, height] = sizeOf(shown);
    const [wide, high] = sizeOf(await pictureOf(browser, picture));
    t.equal(width, wide);
    t.ok(Math.abs(height - high) < 0.03 * high, `${height} pixels, ${high} now: run \`npm run screenshots\``);
    t.match(readFileSync(join(ROOT, 'docs/status.md'), 'utf8'), picture.path.replace('docs/', ''));
  });
}

t.test('it is loaded again by itself, with what is then', async (t) => {
  let example: Example = HEALTHY;
  const serving = await servePage(() => statusPage(example.diagnosis, example.situation));
  t.teardown(() => serving.close());
  const tab = await browser.tab({ ...PHONE, scripts: false });
  t.teardown(() => tab.close());
  await tab.goTo(serving.url);
  t.match(await tab.markup(), '<h1><svg class="mark good"');
  example = TROUBLE;
  await tab.loaded(2, (REFRESH_SECONDS + 10) * 1000);
  await sleep(100);
  t.match(await tab.markup(), '<h1><svg class="mark bad"');
});
