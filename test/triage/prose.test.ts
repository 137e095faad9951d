import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Prose, prose, withCode } from '../../src/triage/prose.js';
import { ROOT } from '../status-page/sources.js';

const codes = ({ parts }: Prose): string[] =>
  parts.flatMap((part) => (typeof part === 'string' ? [] : part.code));

t.test('code of a constant stays code, wherever it is put, and reads as it was written', async (t) => {
  const constant = withCode('see `servers`, or `jwks_uri`');
  t.same(codes(constant), ['servers', 'jwks_uri']);
  const sentence = prose`${7} of ${constant}: ${prose`[${constant}]`}`;
  t.same(codes(sentence), ['servers', 'jwks_uri', 'servers', 'jwks_uri']);
  t.equal(`${sentence}`, '7 of see `servers`, or `jwks_uri`: [see `servers`, or `jwks_uri`]');
  t.equal(JSON.stringify([sentence]), JSON.stringify([`${sentence}`]));
});

t.test('no text that comes later is code, whatever stands in it', async (t) => {
  for (const text of ['`x`', '`', '``', 'a`b`c', "{ code: 'x' }"]) {
    const sentence = prose`${text} and ${withCode('`own`')} and ${text}`;
    t.same(codes(sentence), ['own']);
    t.equal(`${sentence}`, `${text} and \`own\` and ${text}`);
    // @ts-expect-error Only what is written in the source is taken for a constant.
    t.type(withCode(text), 'Prose');
  }
});

t.test('nobody else makes such sentences', async (t) => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('triage/prose.ts'))) {
    const text = readFileSync(join(ROOT, 'src', file), 'utf8');
    t.notMatch(text, /new Prose\(/, file);
    for (const [, argument = ''] of text.matchAll(/\bwithCode\(\s*(.)/g)) t.equal(argument, "'", file);
  }
});
