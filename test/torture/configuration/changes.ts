import type { Chance } from '../upstream/chance.js';
import { isTree, type Path, pathsOf, SECRETS, type Tree, valueAt, withAt } from './base.js';

/** A change of a configuration that is right, by what must come of it. */
export interface Change {
  readonly name: string;
  /** The block that it is about; null: any. */
  readonly block: string | null;
  make(tree: unknown, chance: Chance): unknown;
}

const put = (name: string, path: string, value: unknown): Change => ({
  name: `${name} ${path}`,
  block: path.split(/[/.]/)[0] ?? null,
  make: (tree) => withAt(tree, path.split('/'), value),
});
const drop = (path: string): Change => put('without', path, undefined);

const GATED_AUTH = 'notification_schema/dissemination/auth';

/** Still right afterwards. */
export const HARMLESS: readonly Change[] = [
  put('set', 'notification_schema/__proto__', { identifier: {}, auth: { required: true } }),
  put('set', 'notification_schema/constructor', { identifier: {} }),
  put('set', 'notification_schema/1', { identifier: {}, auth: { required: false } }),
  put('set', 'notification_schema/toString', {}),
  put('set', 'ecpds/cache_ttl_seconds', 1),
  put('set', 'ecpds/max_entries', 10_000_000),
  put('set', 'ecpds/servers', ['http://localhost', 'http://[::1]:1', 'https://a.b/c']),
  put('set', 'ecpds/partial_outage_policy', 'strict'),
  put('set', 'auth/mode', 'trusted_proxy'),
  put('set', 'auth/admin_roles', { __proto__x: ['*'], constructor: ['a'] }),
  put('set', 'sidecar/grpc', null),
  put('set', 'sidecar/tracing', null),
  put('set', 'sidecar/http', { port: 0 }),
  put('set', 'sidecar/protections', {}),
  put('set', 'sidecar/identity/providers', []),
  put('set', 'unknown_block', { a: 1 }),
  put('set', 'notification_schema/dissemination/more', { x: [1] }),
  ...[
    'ecpds/target_field',
    'ecpds/cache_ttl_seconds',
    'ecpds/connect_timeout_seconds',
    'auth/timeout_ms',
    'sidecar/log_level',
  ].map(drop),
  ...[
    'sidecar/protections',
    'sidecar/identity',
    'sidecar',
    'notification_schema_strict',
    'notification_schema/open',
    'application',
  ].map(drop),
];

/** Wrong afterwards, whatever else was changed before. */
export const BREAKING: readonly Change[] = [
  ...[
    'auth',
    'auth/enabled',
    'auth/jwt_secret',
    'auth/admin_roles',
    'ecpds',
    'ecpds/username',
    'ecpds/password',
  ].map(drop),
  ...[
    'ecpds/servers',
    'ecpds/match_key',
    `${GATED_AUTH}/required`,
    'notification_schema/dissemination/identifier',
  ].map(drop),
  put('set', 'auth/enabled', false),
  put('set', 'auth/jwt_secret', '  '),
  put('set', 'auth/jwt_secret', ''),
  put('set', 'auth/admin_roles', {}),
  put('set', 'auth/admin_roles', { ops: [] }),
  put('set', 'auth/admin_roles', { '': ['x'] }),
  put('set', 'auth/timeout_ms', 0),
  put('set', 'auth/mode', 'proxy'),
  put('set', 'ecpds/password', ` ${SECRETS['ecpds.password']}`),
  put('set', 'ecpds/username', ''),
  put('set', 'ecpds/servers', []),
  ...[
    'http://ecpds.example.int',
    'https://a?x=1',
    'https://a#f',
    `https://u:${SECRETS['password of a URL']}@a`,
    'ftp://a',
    'ecpds',
    '',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.2',
    'http://localhost.evil.example',
    'https://a b',
  ].map((server) =>
    put(`server ${server.replace(/:[^:@]*@/, ':…@')}`, 'ecpds/servers', ['https://good.example', server]),
  ),
  ...['cache_ttl_seconds', 'max_entries', 'request_timeout_seconds', 'connect_timeout_seconds'].flatMap(
    (name) => [0, -1, 0.5, 'ten', [1], 1e300].map((value) => put(`${value}`, `ecpds/${name}`, value)),
  ),
  put('set', 'ecpds/partial_outage_policy', 'lenient'),
  put('set', 'ecpds/target_field', ' '),
  ...['', 'a b', 'a/b', 'a\0', 'nobody_has_it'].map((key) =>
    put(JSON.stringify(key), 'ecpds/match_key', key),
  ),
  put('set', 'ecpds/surplus', 1),
  put('set', 'ecpds/Servers', ['https://x']),
  put('set', 'auth/surplus', SECRETS['auth.jwt_secret']),
  put('set', 'auth/jwt_secrets', SECRETS['auth.jwt_secret']),
  put('set', 'ecpds/pasword', SECRETS['ecpds.password']),
  put('set', 'sidecar/surplus', {}),
  put('set', 'sidecar/http/tls', true),
  put('set', 'sidecar/http', { port: 65_536 }),
  put('set', 'sidecar/http', { port: 1, socket: '/x' }),
  put('set', 'sidecar/admin', { host: '127.0.0.1', port: 9002 }),
  put('set', 'sidecar/recheck_token', 'short'),
  put('set', 'sidecar/recheck_token', [SECRETS['sidecar.recheck_token']]),
  put('set', 'sidecar/ca_file', '/nowhere.pem'),
  put('set', 'sidecar/tracing', { endpoint: 'http://traces.example.int' }),
  put('set', 'sidecar/protections', { ttl_jitter: 1 }),
  put('set', 'sidecar/protections', { refresh_ahead: { after_ratio: 1 } }),
  put('set', 'sidecar/protections', { circuit_breaker: { failures: 0 } }),
  put('set', 'sidecar/identity/max_stale_seconds', 1),
  ...[
    { algorithms: ['HS256'] },
    { algorithms: [] },
    { jwks_uri: 'http://evil.example/' },
    { realm: undefined },
    { discovery: true },
    { surplus: 1 },
  ].map((wrong) =>
    put(JSON.stringify(wrong), 'sidecar/identity/providers', [
      { name: 'p', issuer: 'https://p', jwks_uri: 'https://p/k', realm: 'p', ...wrong },
    ]),
  ),
  put('set', `${GATED_AUTH}/required`, false),
  put('set', `${GATED_AUTH}/plugins`, ['ecpds', 'other']),
  put('set', `${GATED_AUTH}/plugins`, ['ECPDS']),
  put('set', `${GATED_AUTH}/plugins`, []),
  put('set', `${GATED_AUTH}/plugins`, 'ecpds'),
  put('set', `${GATED_AUTH}/plugins`, { ecpds: true }),
  put('set', `${GATED_AUTH}/plugin`, ['ecpds']),
  put('set', `${GATED_AUTH}/read_roles`, {}),
  put('set', `${GATED_AUTH}/read_roles`, { ecmwf: 'reader' }),
  put('set', 'notification_schema/dissemination/topic', { key_order: ['class'] }),
  put('set', 'notification_schema/dissemination/topic', { key_order: [] }),
  put('set', 'notification_schema/dissemination/auth', ['ecpds']),
  put('set', 'notification_schema', []),
  put('set', 'notification_schema_strict', 'perhaps'),
  put('set', 'ecpds.username', 'x'),
  {
    name: 'another rule',
    block: 'notification_schema',
    make: (tree, chance) =>
      onRule(tree, {
        type: chance.pick(['FloatHandler', 'DateHandler', 'TimeHandler', 'NewHandler']),
        required: true,
        canonical_format: 'x',
      }),
  },
  {
    name: 'optional match key',
    block: 'notification_schema',
    make: (tree) => onRule(tree, { type: 'StringHandler', required: false }),
  },
  {
    name: 'rule with more',
    block: 'notification_schema',
    make: (tree) => onRule(tree, { type: 'StringHandler', required: true, maxlength: 3 }),
  },
];

const onRule = (tree: unknown, rule: Tree): unknown => {
  const key = valueAt(tree, ['ecpds', 'match_key']);
  return withAt(
    tree,
    ['notification_schema', 'dissemination', 'identifier', typeof key === 'string' ? key : 'destination'],
    rule,
  );
};

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  '',
  ' ',
  'ecpds',
  'true',
  [],
  [null],
  {},
  { a: { b: null } },
  '\u0085x',
  '0x10',
  ['ecpds'],
  'x'.repeat(10_000),
];

/** Anything, anywhere: right or wrong, who knows. */
export const WILD: readonly Change[] = [
  { name: 'dropped', block: null, make: (tree, chance) => withAt(tree, anywhere(tree, chance), undefined) },
  {
    name: 'retyped',
    block: null,
    make: (tree, chance) => withAt(tree, anywhere(tree, chance), chance.pick(ODD)),
  },
  { name: 'renamed', block: null, make: renamed },
  {
    name: 'added',
    block: null,
    make: (tree, chance) =>
      withAt(
        tree,
        [
          ...anywhere(tree, chance).slice(0, -1),
          chance.pick(['x', 'plugins', 'required', '__proto__', 'ecpds', 'auth', '']),
        ],
        chance.pick(ODD),
      ),
  },
  {
    name: 'moved',
    block: null,
    make: (tree, chance) => withAt(tree, anywhere(tree, chance), valueAt(tree, anywhere(tree, chance))),
  },
];

const anywhere = (tree: unknown, chance: Chance): Path => {
  const paths = pathsOf(isTree(tree) ? tree : { x: 1 });
  return paths.length === 0 ? ['x'] : chance.pick(paths);
};

function renamed(tree: unknown, chance: Chance): unknown {
  const path = anywhere(tree, chance);
  const last = path.at(-1) ?? '';
  const name = chance.pick([
    `${last}s`,
    last.slice(1),
    last.toUpperCase(),
    ` ${last}`,
    `${last}:`,
    'plugins',
    'x'.repeat(70),
  ]);
  return withAt(withAt(tree, path, undefined), [...path.slice(0, -1), name], valueAt(tree, path));
}
