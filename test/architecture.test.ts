import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

/** From the compiled tests to the sources. */
const SRC = fileURLToPath(new URL('../../src', import.meta.url));

interface Source {
  /** Relative to `src`, as in `checker/cache.ts`. */
  readonly file: string;
  readonly text: string;
  /** Relative to `src` for our own files, else the name of the package or `node:` module. */
  readonly imports: readonly string[];
}

const SOURCES: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    return { file, text, imports: importsOf(text, file) };
  });

/** What a file imports: statically, by re-export, or dynamically. */
function importsOf(text: string, file: string): string[] {
  const pattern =
    /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*'([^']+)'|^import\s'([^']+)'/gm;
  return [...text.matchAll(pattern)].map(([, from, dynamic, bare]) => {
    const name = from ?? dynamic ?? bare ?? '';
    if (!name.startsWith('.')) return name;
    return relative(SRC, resolve(SRC, dirname(file), name)).replace(/\.js$/, '.ts');
  });
}

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '.');
const isOurs = (name: string): boolean => name.endsWith('.ts');
const sourcesIn = (folder: string): readonly Source[] =>
  SOURCES.filter(({ file }) => file.startsWith(`${folder}/`));

t.test('imports are found in every form they are written in', async (t) => {
  const text = [
    "import { a } from './a.js';",
    "import type { b } from '../x/b.js';",
    "import {\n  c,\n  type d,\n} from 'package';",
    "export { e } from './e.js';",
    "import 'bare';",
    "const f = await import('./f.js');",
  ].join('\n');
  t.same(importsOf(text, 'y/z.ts'), ['y/a.ts', 'x/b.ts', 'package', 'y/e.ts', 'bare', 'y/f.ts']);
  t.ok(SOURCES.length > 40, 'there is something to look at');
  const missing = SOURCES.flatMap(({ imports }) => imports.filter(isOurs)).filter(
    (name) => !SOURCES.some(({ file }) => file === name),
  );
  t.same(missing, [], 'and every import of ours is a file that was looked at');
});

/** What each folder may import (design, "Imports"): folders of ours, and libraries. */
const ALLOWED: Record<string, { readonly ours: readonly string[]; readonly libraries: readonly string[] }> = {
  domain: { ours: ['domain'], libraries: [] },
  json: { ours: ['json', 'domain'], libraries: ['node:buffer'] },
  http: { ours: ['http', 'domain'], libraries: ['undici', 'node:stream', 'node:tls', 'node:zlib'] },
  net: { ours: ['net'], libraries: ['node:http', 'node:net'] },
  grpc: { ours: ['grpc', 'net'], libraries: ['node:http2', 'node:net', '@bufbuild/protobuf/wire'] },
  request: { ours: ['request', 'domain', 'json'], libraries: [] },
  policy: { ours: ['policy', 'domain'], libraries: [] },
  triage: { ours: ['triage', 'domain'], libraries: [] },
  'status-page': { ours: ['status-page', 'triage', 'domain'], libraries: ['node:crypto'] },
  identity: { ours: ['identity', 'domain', 'json', 'http'], libraries: ['jose', 'lru-cache', 'node:crypto'] },
  doctor: { ours: ['doctor', 'request', 'domain'], libraries: ['yaml', 'node:crypto'] },
  tracing: {
    ours: ['tracing', 'domain', 'observe', 'request'],
    libraries: [
      '@opentelemetry/api',
      '@opentelemetry/core',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
      'node:os',
      'node:tls',
    ],
  },
  checker: { ours: ['checker', 'domain', 'json', 'http'], libraries: ['lru-cache', 'p-limit'] },
};

for (const [folder, { ours, libraries }] of Object.entries(ALLOWED)) {
  t.test(`${folder} imports ${[...ours, ...libraries].join(', ')} and nothing else`, async (t) => {
    t.ok(sourcesIn(folder).length > 0);
    for (const { file, imports } of sourcesIn(folder)) {
      const others = imports.filter(
        (name) => !(isOurs(name) ? ours.includes(folderOf(name)) : libraries.includes(name)),
      );
      t.same(others, [], file);
    }
  });
}

t.test('an adapter of one transport does not know another', async (t) => {
  const adapters = new Set(
    sourcesIn('transport')
      .map(({ file }) => file.split('/')[1] ?? '')
      .filter((name) => !isOurs(name)),
  );
  t.ok(adapters.size >= 3);
  for (const adapter of adapters) {
    for (const { file, imports } of sourcesIn(`transport/${adapter}`)) {
      const strangers = imports.filter(
        (name) => /^transport\/[^/]+\//.test(name) && name.split('/')[1] !== adapter,
      );
      t.same(strangers, [], file);
    }
  }
});

t.test('adapters translate and hold no policy', async (t) => {
  for (const { file, imports } of sourcesIn('transport')) {
    const deciding = imports.filter((name) =>
      ['checker', 'policy', 'identity', 'config'].includes(folderOf(name)),
    );
    t.same(
      [...deciding, ...imports.filter((name) => ['authorize.ts', 'engine.ts', 'app.ts'].includes(name))],
      [],
      file,
    );
  }
});

/** Libraries that only one folder may know. */
const CONFINED: Record<string, string | readonly string[]> = {
  fastify: 'transport',
  pino: 'observe',
  'prom-client': 'observe',
  undici: 'http',
  jose: 'identity',
  '@bufbuild/protobuf': 'grpc',
  // Bounded, with ages: lists, tokens, and the users of the last minutes (docs/decisions/0029-distinct-users.md).
  'lru-cache': ['checker', 'identity', 'observe/distinct-users.ts'],
  'p-limit': 'checker',
  // Two readers: our own files as strictly as Aviso reads them, and those of Envoy as Envoy does.
  yaml: ['config', 'doctor'],
  '@opentelemetry': 'tracing',
  '@sinclair/typebox': 'config',
  commander: 'main.ts',
  'close-with-grace': 'cli',
};
/** Files that see a library's type, or serve the demo's own small servers, with the reason why. */
const EXCEPTIONS: Record<string, readonly string[]> = {
  // The composition root names what it hands out.
  'app.ts': ['fastify', 'pino'],
  // Types of what is handed over.
  'transport/ops/route.ts': ['prom-client'],
};

for (const [library, home] of Object.entries(CONFINED)) {
  t.test(`${library} is known under ${home} only`, async (t) => {
    const elsewhere = SOURCES.filter(({ file, imports }) => {
      const isHome =
        file.startsWith('demo/') || [home].flat().some((at) => file === at || file.startsWith(`${at}/`));
      return imports.some((name) => name === library || name.startsWith(`${library}/`)) && !isHome;
    });
    const unexplained = elsewhere.filter(({ file }) => !EXCEPTIONS[file]?.includes(library));
    t.same(
      unexplained.map(({ file }) => file),
      [],
    );
    for (const { file, text } of elsewhere) {
      t.match(
        text,
        new RegExp(`import (?:type )?\\{ (?:type )?\\w+(?:, type \\w+)* \\} from '${library}'`),
        `${file}: types only`,
      );
      t.notMatch(text, new RegExp(`import \\{ (?!type )\\w+.* from '${library}'`), `${file}: types only`);
    }
  });
}

t.test('tracing is loaded by whoever wants traces, and by nobody else', async (t) => {
  const users = SOURCES.filter(
    ({ file, imports }) =>
      folderOf(file) !== 'tracing' && imports.some((name) => folderOf(name) === 'tracing'),
  );
  t.same(
    users.map(({ file }) => file),
    ['app.ts'],
  );
  for (const { text } of users) {
    t.match(text, "await import('./tracing/tracing.js')");
    t.notMatch(text, /from '\.\/tracing\//, 'and not with the program');
  }
});

t.test(
  'the environment is read where configuration is loaded, and handed on from the command line',
  async (t) => {
    const readers = SOURCES.filter(({ text }) => /\bprocess\s*\.\s*env\b|\bprocess\s*\[/.test(text)).map(
      ({ file }) => file,
    );
    const strangers = readers.filter(
      (file) => file !== 'config/load.ts' && file !== 'main.ts' && !/^(cli|demo)\//.test(file),
    );
    t.same(strangers, []);
  },
);

t.test('nothing but the process and its commands ends the process or writes to the console', async (t) => {
  for (const { file, text } of SOURCES) {
    if (file === 'main.ts' || /^(cli|demo)\//.test(file)) continue;
    t.notMatch(text, /\bprocess\.(exit|exitCode|kill|abort|stdout|stderr|on)\b|\bconsole\./, file);
  }
});

t.test('no file imports in a circle', async (t) => {
  const graph = new Map(
    SOURCES.map(({ file, text, imports }) => [
      file,
      imports.filter((name) => isOurs(name) && !onlyTypes(text, name)),
    ]),
  );
  const done = new Set<string>();
  const circleFrom = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const circle = circleFrom(next, [...path, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) t.same(circleFrom(file, []), null, file);
});

/** Whether a file imports another for its types alone, which leaves nothing at run time. */
function onlyTypes(text: string, name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.ts$/, '.js');
  const statements = [...text.matchAll(/^import\s([^'";]*?)\sfrom\s'([^']+)'/gm)];
  const [, clause = ''] = statements.find(([, , from = '']) => from.endsWith(`/${base}`)) ?? [];
  return clause.startsWith('type ');
}
