import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { anchors, inlineCode, isThere, type Page, page, pages, prose } from './pages.js';

/** Links and images of Markdown. */
function targets(of: Page): string[] {
  return [...prose(of).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

t.test('every relative link leads to a file, and to a heading that is in it', async (t) => {
  for (const from of pages()) {
    for (const target of targets(from).filter((target) => !/^[a-z]+:/.test(target))) {
      const [file = '', anchor] = target.split('#', 2);
      const path = file === '' ? from.path : normalize(join(dirname(from.path), file));
      t.ok(isThere(path), `${from.path} -> ${target}`);
      if (anchor !== undefined && isThere(path))
        t.ok(anchors(page(path)).includes(anchor), `${from.path} -> ${target}`);
    }
  }
});

const FOLDER = /^(src|test|tools|envoy|deploy|docs|\.ci)\/[A-Za-z0-9_./-]*$/;

t.test('every file and folder of the project that is named exists', async (t) => {
  for (const of of pages()) {
    for (const code of inlineCode(of)) {
      if (FOLDER.test(code)) t.ok(isThere(code), `${of.path}: ${code}`);
    }
    for (const [, compiled = ''] of of.text.matchAll(/(?<![\w/])dist\/([A-Za-z0-9_/-]+)\.js/g)) {
      t.ok(isThere(`${compiled}.ts`), `${of.path}: dist/${compiled}.js`);
    }
  }
});

t.test('the pictures are for light and dark pages, and say what they show', async (t) => {
  for (const path of [
    'docs/overview.svg',
    'docs/request-path.svg',
    'docs/bench-growth.svg',
    'docs/drill.svg',
    'docs/reliability-soak.svg',
  ]) {
    const { text } = page(path);
    t.match(text, /prefers-color-scheme: dark/);
    t.match(text, /<title id="title">[^<]+<\/title>\s*<desc id="desc">[^<]+<\/desc>/);
    t.notMatch(text, /https?:\/\/(?!www\.w3\.org\/2000\/svg)/, 'they load nothing from elsewhere');
  }
});
