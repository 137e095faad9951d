import { readdirSync } from 'node:fs';

/**
 * The compiled test files that the test command runs: `.test.ts` by `npm test`, `.check.ts` by `npm run check:deploy`.
 * @param filters a file is left out when its path, relative to `test/`, contains none of them; all are in without one
 */
export function testFiles(ending: '.test.ts' | '.check.ts', filters: readonly string[]): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
    .map((file) => `dist/test/${file.replace(/\.ts$/, '.js')}`);
}
