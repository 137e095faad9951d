import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../../docs/pages.js';
import { POINTS } from './points.js';
import { ELSEWHERE, WAITS } from './waits.js';

const SRC = join(ROOT, 'src');
const WAITING =
  /\bawait\b|\.(then|catch|finally)\(|\bnew Promise\b|\bset(Timeout|Interval|Immediate)\(|\.(on|once)\('/;
const COMMENT = /^\s*(\*|\/\/|\/\*)/;

/** The lines of a source that wait for something or hand out a callback. */
const waitingIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => (WAITING.test(line) && !COMMENT.test(line) ? [`${line.trim()}\n`] : []));

const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !ELSEWHERE.test(file))
  .map((file) => ({ file, lines: waitingIn(readFileSync(join(SRC, file), 'utf8')) }))
  .filter(({ lines }) => lines.length > 0);

t.test('what waits is found in every form it is written in, and in no comment', async (t) => {
  const text = [
    'const a = await b();',
    'p.then(x)',
    '  return new Promise((resolve) => {',
    "s.on('end', f);",
    'setImmediate(f);',
    '// await in a comment',
    ' * await in another',
    'const awaited = on(1);',
  ];
  t.equal(waitingIn(text.join('\n')).length, 5);
  t.ok(SOURCES.length > 30);
});

for (const { file, lines } of SOURCES) {
  t.test(`${file}: each place that waits has a point that breaks it, or a reason`, async (t) => {
    const places = WAITS[file];
    if (places === undefined) {
      t.fail(
        `a new file that waits: enter it in waits.ts, and in points.ts what can fail\n${lines.join('')}`,
      );
      return;
    }
    if (typeof places === 'string') return;
    const parts = Object.keys(places);
    for (const line of lines) {
      const found = parts.filter((part) => line.includes(part));
      t.equal(found.length, 1, `${line.trim()}: ${found.join(', ') || 'no entry in waits.ts'}`);
    }
    for (const part of parts)
      t.ok(
        lines.some((line) => line.includes(part)),
        `${part} is still there`,
      );
  });
}

t.test('no entry is of a file that does not wait any more, and every point is one', async (t) => {
  const files = SOURCES.map(({ file }) => file);
  t.same(
    Object.keys(WAITS).filter((file) => !files.includes(file)),
    [],
  );
  const named = Object.values(WAITS).flatMap((places) =>
    typeof places === 'string' ? [places] : Object.values(places),
  );
  t.same(
    named.filter((name) => !name.startsWith('because ') && !(name in POINTS)),
    [],
  );
});
