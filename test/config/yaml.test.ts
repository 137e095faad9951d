import t from 'tap';
import { readYaml } from '../../src/config/yaml.js';

/** A tree as ordinary objects, for comparison. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function read(text: string): unknown {
  const result = readYaml(text, 'f.yaml');
  return result.ok ? plain(result.value) : result.failure;
}

t.test('scalars are those of YAML 1.2, whole numbers exact', async (t) => {
  t.strictSame(read('a: 1\nb: 9223372036854775807\nc: 1.5\nd: yes\ne: true\nf: ~\ng: 007\nh: "1"'), {
    a: 1n,
    b: 9223372036854775807n,
    c: 1.5,
    d: 'yes',
    e: true,
    f: null,
    g: 7n,
    h: '1',
  });
});

t.test('a directive does not change the version that is read', async (t) => {
  t.strictSame(read('%YAML 1.1\n---\na: yes\n'), { a: 'yes' });
});

t.test('keys that are numbers or booleans are texts', async (t) => {
  t.strictSame(read('1: a\ntrue: b\n1.0: c'), { '1': 'a', true: 'b', '1.0': 'c' });
});

t.test('an empty file holds nothing', async (t) => {
  for (const text of ['', '# only words\n', '---\n', '~']) t.strictSame(read(text), {}, JSON.stringify(text));
});

t.test('anchors and aliases', async (t) => {
  t.strictSame(read('a: &x { b: &y 1 }\nc: *x\nd: [*y]\ne: &x 2\nf: *x'), {
    a: { b: 1n },
    c: { b: 1n },
    d: [1n],
    e: 2n,
    f: 2n,
  });
});

t.test('merge keys are keys like any other, as in Aviso', async (t) => {
  t.strictSame(read('a: &x { b: 1 }\nc: { <<: *x }'), { a: { b: 1n }, c: { '<<': { b: 1n } } });
});

t.test('names of object members are keys like any other', async (t) => {
  const result = readYaml('__proto__: { a: 1 }\nconstructor: 2', 'f.yaml');
  t.ok(result.ok && Object.keys(result.value).join() === '__proto__,constructor');
  t.equal(({} as Record<string, unknown>)['a'], undefined);
});

const WRONG: readonly (readonly [name: string, text: string, path: string, problem: RegExp])[] = [
  ['a key given twice', 'a:\n  b: 1\n  b: 2', 'a.b', /twice \(f\.yaml:3:3\)/],
  ['a key given twice in two forms', '1: a\n"1": b', 'f.yaml:2:1', /twice/],
  ['a list as key', '? [a]\n: b', 'f.yaml:1:3', /key is neither/],
  ['an alias to nothing', 'a: *x', 'a', /alias without/],
  ['an alias into itself', 'a: &x { b: *x }', 'a.b', /alias without/],
  ['two documents', 'a: 1\n---\nb: 2', 'f.yaml:2:1', /more than one document/],
  ['a list', '- a', 'f.yaml', /not hold a map/],
  ['a word', 'hello', 'f.yaml', /not hold a map/],
  ['a tab', 'a:\n\tb: 1', 'f.yaml:2:1', /tab/],
  ['an open quote', 'a: "b', 'f.yaml:1:6', /quote/],
  ['an open bracket', 'a: [b', 'f.yaml:1:6', /bracket/],
];

for (const [name, text, path, problem] of WRONG) {
  t.test(`refused: ${name}`, async (t) => {
    const result = readYaml(text, 'f.yaml');
    t.match(result, { ok: false, failure: [{ path, problem, cure: /./ }] });
  });
}

t.test('an alias bomb is refused at once', async (t) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 20; level += 1) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  t.match(readYaml(lines.join('\n'), 'f.yaml'), { ok: false, failure: [{ problem: /too many values/ }] });
});

t.test('a tower of brackets is refused and does no harm', async (t) => {
  t.match(readYaml(`a: ${'['.repeat(100_000)}`, 'f.yaml'), { ok: false });
});
