/** What an operator may have written: every block, and nothing wrong. */
export type Tree = { [key: string]: unknown };

export const SECRETS = {
  'ecpds.password': 'correct-horse-battery',
  'auth.jwt_secret': '0123456789abcdef0123456789abcdef-key',
  'sidecar.recheck_token': 'recheck-token-0123456789',
  'password of a URL': 'urlpassword99',
};

export const MATCH_KEYS = ['destination', 'destination', '__proto__', 'constructor', 'dest-1'];

/** @param matchKey the identifier field that names the destination */
export function baseTree(matchKey: string): Tree {
  const identifier = map([
    [matchKey, { type: 'StringHandler', required: true, max_length: 40 }],
    ['class', { type: 'EnumHandler', values: ['od', 'rd'], required: false }],
  ]);
  const topic = { base: 'diss', key_order: [matchKey, 'class'] };
  return {
    application: { host: '0.0.0.0', port: 8000 },
    auth: {
      enabled: true,
      mode: 'direct',
      auth_o_tron_url: 'https://auth.example.int/',
      jwt_secret: SECRETS['auth.jwt_secret'],
      admin_roles: { operations: ['admin', 'operator'] },
      timeout_ms: 4000,
    },
    ecpds: {
      username: 'sidecar',
      password: SECRETS['ecpds.password'],
      servers: ['https://ecpds-0.example.int', 'http://127.0.0.1:8081/prefix/'],
      match_key: matchKey,
      target_field: 'name',
      cache_ttl_seconds: 120,
      max_entries: 5000,
      request_timeout_seconds: 20,
      connect_timeout_seconds: 4,
      partial_outage_policy: 'any_success',
    },
    notification_schema: {
      dissemination: {
        topic,
        identifier,
        auth: { required: true, plugins: ['ecpds'] },
        payload: { required: false },
      },
      staff: {
        topic,
        identifier,
        auth: { required: true, plugins: ['ecpds'], read_roles: { ecmwf: ['reader'] } },
      },
      members: { identifier, auth: { required: true, write_roles: { ecmwf: ['*'] } } },
      open: { identifier: {} },
    },
    notification_schema_strict: true,
    sidecar: {
      http: { host: '127.0.0.1', port: 9002 },
      grpc: { socket: '/run/authz/grpc.sock' },
      admin: { host: '::1', port: 9464 },
      log_level: 'info',
      log_format: 'json',
      drain_seconds: 5,
      recheck_token: SECRETS['sidecar.recheck_token'],
      allow_unrouted_match_key: false,
      identity: {
        refresh_seconds: 600,
        cooldown_seconds: 30,
        max_stale_seconds: 7200,
        providers: [
          {
            name: 'gitlab',
            issuer: 'https://gitlab.example',
            jwks_uri: 'https://gitlab.example/keys',
            audience: 'aviso',
            algorithms: ['RS256', 'ES256'],
            realm: 'gitlab',
            ecpds_users: true,
          },
          { name: 'idp', issuer: 'https://idp.example', discovery: true, realm: 'idp', required: false },
        ],
      },
      protections: {
        refresh_ahead: { after_ratio: 0.5 },
        circuit_breaker: { failures: 3, open_seconds: 20 },
        ttl_jitter: 0.1,
      },
      tracing: { endpoint: 'https://traces.example.int', sample_ratio: 0.5 },
    },
  };
}

/** A map in which `__proto__` is a key like any other. */
export function map(entries: readonly (readonly [string, unknown])[]): Tree {
  const made: Tree = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return made;
}

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return isTree(value) ? map(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)])) : value;
}

/** As overlays are laid over files: maps deeply, anything else whole. */
export function laidOver(under: unknown, over: unknown): unknown {
  if (!isTree(under) || !isTree(over)) return over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return map(
    [...keys].map((key) => [
      key,
      !Object.hasOwn(over, key)
        ? under[key]
        : Object.hasOwn(under, key)
          ? laidOver(under[key], over[key])
          : over[key],
    ]),
  );
}

export type Path = readonly string[];

export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (isTree(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    tree,
  );
}

/** The same tree with another value there; undefined takes it out. */
export function withAt(tree: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const here = isTree(tree) ? tree : map([]);
  const inner = rest.length === 0 ? value : withAt(here[key], rest, value);
  const others = Object.entries(here).filter(([other]) => other !== key);
  return map(inner === undefined ? others : [...others, [key, inner]]);
}

/** The way to every setting, blocks included. */
export function pathsOf(tree: unknown, path: Path = []): Path[] {
  if (!isTree(tree)) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(tree).flatMap(([key, inner]) => pathsOf(inner, [...path, key])),
  ];
}
