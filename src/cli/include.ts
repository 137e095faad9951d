import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Include } from '../doctor/nginx/parse.js';

/** Reads what an nginx configuration includes: relative to its folder, with the wildcards of nginx in any part of a path. */
export function includeFrom(configFile: string): Include {
  const folder = dirname(configFile);
  return (pattern) => {
    const path = resolve(folder, pattern);
    const isPattern = /[*?[]/.test(pattern);
    const files = isPattern ? matching(path) : [path];
    const read = files.map((file) => ({ file, text: textOf(file) }));
    const there = read.flatMap(({ file, text }) => (text === null ? [] : [{ file, text }]));
    return there.length === read.length ? there : null;
  };
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Paths that match, in the order of their names, as nginx reads them. */
function matching(path: string): string[] {
  const [, ...parts] = path.split('/');
  return parts.reduce<string[]>(
    (folders, part) =>
      /[*?[]/.test(part)
        ? folders.flatMap((folder) =>
            namesIn(folder)
              .filter(matcherOf(part))
              .map((name) => join(folder, name)),
          )
        : folders.map((folder) => join(folder, part)),
    ['/'],
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A name that begins with a dot is only matched by a pattern that does. */
function matcherOf(part: string): (name: string) => boolean {
  const escaped = part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const regex = regexOf(`^${escaped.replace(/\[!/g, '[^')}$`);
  return (name) => regex?.test(name) === true && (part.startsWith('.') || !name.startsWith('.'));
}

/** Null for a bracket without an end, which matches nothing. */
function regexOf(source: string): RegExp | null {
  try {
    return new RegExp(source);
  } catch {
    return null;
  }
}
