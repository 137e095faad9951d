import { readdirSync } from 'node:fs';
import { Kind, type TSchema } from '@sinclair/typebox';
import t from 'tap';
import { DOCUMENT } from '../../src/config/schema.js';
import { STREAM_AUTH } from '../../src/config/schema-streams.js';
import { ERROR_KINDS } from '../../src/domain/decision.js';
import { KEY_LOGGER } from '../../src/observe/key-vocabulary.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { everyLine, PROVIDER } from '../../tools/runbook.js';
import { inlineCode, page, pages, ROOT } from './pages.js';

const propertiesOf = (schema: TSchema): Record<string, TSchema> => schema['properties'] ?? {};

/** What a path of settings leads to, or undefined. */
function at(schema: TSchema | undefined, path: readonly string[]): TSchema | undefined {
  const [head, ...rest] = path;
  if (schema === undefined || head === undefined) return schema;
  const choices: readonly TSchema[] | undefined = schema['anyOf'];
  if (choices !== undefined)
    return choices.map((choice) => at(choice, path)).find((found) => found !== undefined);
  const record: Record<string, TSchema> = schema[Kind] === 'Record' ? schema['patternProperties'] : {};
  return at(propertiesOf(schema)[head] ?? Object.values(record)[0], rest);
}

/** A schema's own `auth` is meant, too, when pages speak of `auth.plugins`. */
const exists = (path: readonly string[]): boolean =>
  at(DOCUMENT, path) !== undefined || (path[0] === 'auth' && at(STREAM_AUTH, path.slice(1)) !== undefined);

const PATH = /^(auth|ecpds|sidecar|notification_schema)(\.[a-z_]+)+$/;
const EVENT = /^auth\.(ecpds|middleware|jwks)\./;

t.test('every setting that is named by its path is in the schema', async (t) => {
  let named = 0;
  for (const of of pages()) {
    for (const code of inlineCode(of)) {
      const [path = ''] = code.split(/[: ]/, 1);
      if (!PATH.test(path) || EVENT.test(path)) continue;
      named += 1;
      t.ok(exists(path.split('.')), `${of.path}: ${path}`);
    }
  }
  t.ok(named > 30, `${named} settings were looked at`);
});

t.test('every variable that is named sets something', async (t) => {
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
  const code = sources.filter((path) => path.endsWith('.ts')).map((path) => page(`src/${path}`).text);
  for (const of of pages()) {
    for (const [name] of of.text.matchAll(/\bAVISOSERVER_[A-Z_]+[A-Z]\b/g)) {
      const path = name.slice('AVISOSERVER_'.length).toLowerCase().split('__');
      t.ok(name === 'AVISOSERVER_CONFIG_FILE' || exists(path), `${of.path}: ${name}`);
    }
    for (const [name] of of.text.matchAll(/\bAVISO_AUTHZ_[A-Z_]+[A-Z]\b/g)) {
      t.ok(
        code.some((text) => text.includes(name)),
        `${of.path}: ${name}`,
      );
    }
  }
});

/** Words of other programs, and of ours that no table has. */
const OTHERS = new Set([
  // Aviso
  'connection_max_duration_sec',
  'watch_endpoint',
  'event_type',
  'from_date',
  'from_id',
  'access_token',
  'aviso_sse_connections_total',
  // ECPDS, as a code or a word
  'destination_list',
  // Envoy
  'ext_authz',
  'ext_authz_denied',
  'ext_authz_error',
  'failure_mode_allow',
  'grpc_service',
  'headers_with_underscores_action',
  'http_service',
  'initial_stream_window_size',
  'local_reply_config',
  'max_request_bytes',
  'max_stream_duration',
  'merge_slashes',
  'normalize_path',
  'path_prefix',
  'retry_policy',
  'status_on_error',
  'transport_socket',
  'with_request_body',
  // nginx
  'auth_request',
  'load_module',
  'proxy_read_timeout',
  // Rust
  'float_roundtrip',
  'serde_json',
  // bodies and the proxies' access logs
  'request_id',
  'need_restart',
  'response_id',
  // events while tracing is on
  'trace_id',
  'lost_spans',
  'turned_away',
]);

/** Names of settings, at any depth. */
function names(schema: TSchema): string[] {
  const below = [
    ...Object.entries(propertiesOf(schema)),
    ...Object.values<TSchema>(schema['patternProperties'] ?? {}).map((item) => ['', item] as const),
    ...(schema['items'] === undefined ? [] : [['', schema['items'] as TSchema] as const]),
    ...(Array.isArray(schema['anyOf']) ? schema['anyOf'].map((item: TSchema) => ['', item] as const) : []),
  ];
  const value: unknown = schema['const'];
  const own = typeof value === 'string' ? [value] : [];
  return [...own, ...below.flatMap(([name, item]) => [name, ...names(item)])];
}

t.test('every other word_with_underscores in the runbook and README is known', async (t) => {
  const { registry } = createMetrics('0', { keyStates: () => [PROVIDER] });
  const metrics = await registry.getMetricsAsJSON();
  const labels = metrics.flatMap(({ values }) =>
    values.flatMap((value) => Object.entries(value.labels).flat().map(String)),
  );
  const lines = everyLine('json').map((line): Record<string, unknown> => JSON.parse(line));
  const known = new Set([
    ...OTHERS,
    ...names(DOCUMENT),
    ...metrics.map(({ name }) => name),
    ...labels,
    ...lines.flatMap((line) => [...Object.keys(line), ...Object.values(line).map(String)]),
    KEY_LOGGER,
    ...ERROR_KINDS,
    'route_label',
    'miss_coalesced',
  ]);
  for (const path of [
    'README.md',
    'docs/runbook.md',
    'docs/aviso.md',
    'docs/revocation.md',
    'docs/architecture.md',
  ]) {
    for (const code of inlineCode(page(path))) {
      if (/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(code)) t.ok(known.has(code), `${path}: ${code}`);
    }
  }
});

t.test('the revocation bound is the sum of what is shipped', async (t) => {
  const ttl: number = at(DOCUMENT, ['ecpds', 'cache_ttl_seconds'])?.['default'];
  const backstop = Number(/max_stream_duration: (\d+)s/.exec(page('envoy/envoy-http.yaml').text)?.[1]);
  const { text } = page('docs/revocation.md');
  t.match(text, `**${ttl + 3600} seconds**`);
  t.match(text, `**${ttl + backstop} seconds**`);
  t.match(page('README.md').text, `${ttl + 3600} s as shipped`);
  const rows = [...text.matchAll(/^\| (\d+) \| (\d+) \| (\d+)s \| (\d+) s \| (\d+) s \|$/gm)];
  t.ok(rows.length >= 4);
  for (const [row, ...cells] of rows) {
    const [cache = 0, stream = 0, envoy = 0, bound, worst] = cells.map(Number);
    t.strictSame([bound, worst], [cache + stream, cache + envoy], row);
  }
});
