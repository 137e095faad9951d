import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The files of a folder of the project, as they are written. */
export const sourcesIn = (folder: string): { readonly file: string; readonly text: string }[] =>
  readdirSync(join(ROOT, folder)).map((file) => ({
    file,
    text: readFileSync(join(ROOT, folder, file), 'utf8'),
  }));
