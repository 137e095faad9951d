/** Writes the pictures of `docs/status.md` from the page's examples, with a real Chromium. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { statusPage } from '../../src/status-page/page.js';
import { type Browser, startChromium } from '../browser/chromium.js';
import type { TabOptions } from '../browser/tab.js';
import { findChromium } from '../proxies/chromium-binary.js';
import { type Example, HEALTHY, TROUBLE } from './examples.js';
import { servePage } from './serve.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Picture {
  /** From the project's folder. */
  readonly path: string;
  readonly example: Example;
  readonly tab: TabOptions;
  /** Down to its end, down to a part of it, or what is seen first. */
  readonly shows: 'page' | 'screen' | { readonly until: string };
}

const DESK = { width: 1000, height: 1780 } as const;
const PHONE = { width: 360, height: 780, phone: true } as const;

export const PICTURES: readonly Picture[] = [
  { path: 'docs/status-healthy.png', example: HEALTHY, tab: { ...DESK, scheme: 'light' }, shows: 'page' },
  {
    path: 'docs/status-trouble.png',
    example: TROUBLE,
    tab: { ...DESK, scheme: 'light' },
    shows: { until: '#configuration' },
  },
  { path: 'docs/status-phone.png', example: TROUBLE, tab: { ...PHONE, scheme: 'dark' }, shows: 'screen' },
];

/** The picture as PNG. */
export async function pictureOf(
  browser: Browser,
  { example, tab: options, shows }: Picture,
): Promise<Buffer> {
  const serving = await servePage(() => statusPage(example.diagnosis, example.situation));
  try {
    const tab = await browser.tab(options);
    await tab.goTo(serving.url);
    if (typeof shows === 'string') return await tab.screenshot(shows === 'page');
    const top = `document.querySelector('${shows.until}').getBoundingClientRect().top`;
    return await tab.screenshot(true, Number(await tab.evaluate(top)));
  } finally {
    await serving.close();
  }
}

async function main(): Promise<number> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const found = await findChromium({ env: process.env, log });
  if (!found.ok) {
    log(`no Chromium: ${found.why}`);
    return 1;
  }
  const browser = await startChromium(found);
  try {
    for (const picture of PICTURES) writeFileSync(ROOT + picture.path, await pictureOf(browser, picture));
  } finally {
    await browser.close();
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
