import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder, from the compiled tests. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Page {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block: its language and what is in it. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

const TOP = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** Every page for people. */
export function pages(): Page[] {
  const docs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' });
  const paths = [...TOP, ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)];
  return paths.sort().map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }));
}

export function page(path: string): Page {
  return { path, text: readFileSync(ROOT + path, 'utf8') };
}

const FENCE = /^ *```([a-z]*)\n([\s\S]*?)^ *```$/gm;

export function blocks({ text }: Page): Block[] {
  return [...text.matchAll(FENCE)].map(([, language = '', content = '']) => ({ language, text: content }));
}

/** The text without its fenced blocks. */
export const prose = ({ text }: Page): string => text.replace(FENCE, '');

/** What stands between backticks in the prose. */
export function inlineCode(of: Page): string[] {
  return [...prose(of).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code = '']) => code);
}

export const isThere = (path: string): boolean => existsSync(ROOT + path);

/** The anchors that a page's headings make, as GitHub makes them. */
export function anchors(of: Page): string[] {
  return [...prose(of).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
