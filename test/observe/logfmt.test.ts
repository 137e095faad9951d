import fc from 'fast-check';
import t from 'tap';
import { logfmtLine } from '../../src/observe/logfmt.js';

t.test('the greps of the runbook match literally', async (t) => {
  const line = logfmtLine({
    event_name: 'auth.ecpds.check.denied',
    reason: 'DestinationNotInList',
    message: 'ECPDS access denied',
  });
  t.equal(
    line,
    'event_name=auth.ecpds.check.denied reason=DestinationNotInList message="ECPDS access denied"\n',
  );
});

t.test('plain values stand bare, all others are quoted', async (t) => {
  const bare = { a: 'x', b: 5, c: true, d: null, e: '-', f: 'https://h:1/p', g: 'a@b.c', h: 1.5, i: '*' };
  t.equal(logfmtLine(bare), 'a=x b=5 c=true d=null e=- f=https://h:1/p g=a@b.c h=1.5 i=*\n');
  const quoted = { a: '', b: 'x y', c: 'a=b', d: '"', e: '\\', f: 'é', g: '\n', h: '\u0000' };
  t.equal(logfmtLine(quoted), 'a="" b="x y" c="a=b" d="\\"" e="\\\\" f="é" g="\\n" h="\\u0000"\n');
});

t.test('lists and objects are JSON in quotes', async (t) => {
  t.equal(logfmtLine({ a: ['x', 'y'], b: { c: 'd e' } }), 'a="[\\"x\\",\\"y\\"]" b="{\\"c\\":\\"d e\\"}"\n');
});

/** Reads a line back, the way log collectors do. */
function pairsOf(line: string): [string, string][] {
  const pairs = [...line.matchAll(/([a-z_]+)=("(?:[^"\\]|\\.)*"|[^ "\n]*)(?: |\n$)/gy)];
  return pairs.map(([, key = '', value = '']) => [
    key,
    value.startsWith('"') ? String(JSON.parse(value)) : value,
  ]);
}

t.test('whatever a value is, it stays the value of its own key on its own line', async () => {
  const tricky = fc.constantFrom(
    'x reason=MatchKeyMissing',
    'a\nevent_name=x',
    '" b=c',
    '\\" b=c',
    '\r',
    '\u2028a=b',
    '\u0085a=b',
    '=',
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), tricky), (value) => {
      const line = logfmtLine({ before: 'x', username: value, after: 'y' });
      const pairs = pairsOf(line);
      return (
        line.split(/[\p{Cc}\p{Zl}\p{Zp}]/u).length === 2 &&
        JSON.stringify(pairs) ===
          JSON.stringify([
            ['before', 'x'],
            ['username', value],
            ['after', 'y'],
          ])
      );
    }),
    { numRuns: 2000 },
  );
});

t.test('no control character reaches a terminal', async (t) => {
  const controls = Array.from({ length: 0xa0 }, (_, i) => String.fromCharCode(i)).join('');
  t.notMatch(logfmtLine({ a: controls }).slice(0, -1), /\p{Cc}/u);
});
