import { readFileSync } from 'node:fs';

/** The name and version in `package.json`: the one place they are written down. */
export function packageInfo(): { readonly name: string; readonly version: string } {
  const file = new URL('../../package.json', import.meta.url);
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'name' in parsed && 'version' in parsed) {
    return { name: String(parsed.name), version: String(parsed.version) };
  }
  throw new Error('package.json has no name and version');
}
