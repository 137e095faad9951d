import type { Chance } from '../upstream/chance.js';
import { SECRETS, valueAt, withAt } from './base.js';
import { written } from './texts.js';

/** What is laid before `loadConfig`. */
export interface Laid {
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly contents: ReadonlyMap<string, string>;
}

/** Settings that can come from the environment as well. */
const VARIABLES = [
  ...[
    'ecpds/username',
    'ecpds/password',
    'ecpds/cache_ttl_seconds',
    'ecpds/match_key',
    'ecpds/partial_outage_policy',
  ],
  ...[
    'auth/enabled',
    'auth/mode',
    'auth/jwt_secret',
    'auth/timeout_ms',
    'sidecar/log_level',
    'notification_schema_strict',
  ],
];
const SECRET_FILES = {
  AVISO_AUTHZ_ECPDS_PASSWORD_FILE: ['ecpds', 'password'],
  AVISO_AUTHZ_JWT_SECRET_FILE: ['auth', 'jwt_secret'],
  AVISO_AUTHZ_RECHECK_TOKEN_FILE: ['sidecar', 'recheck_token'],
} as const;

/** One configuration, spread over files, overlays, variables and files of secrets. */
export function layOut(chance: Chance, tree: unknown): Laid {
  const env: Record<string, string> = chance.oneIn(10) ? { ...NOISE } : {};
  const contents = new Map<string, string>();
  let rest = tree;
  for (const variable of chance.oneIn(3) ? chance.some(VARIABLES, 2) : []) {
    const path = variable.split('/');
    const value = valueAt(rest, path);
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
    env[`AVISOSERVER_${path.join('__').toUpperCase()}`] = String(value);
    rest = withAt(rest, path, chance.oneIn(2) ? undefined : value);
  }
  for (const [name, path] of Object.entries(SECRET_FILES)) {
    const value = valueAt(rest, path);
    if (!chance.oneIn(8) || typeof value !== 'string') continue;
    env[name] = ` /secrets/${name} `;
    contents.set(`/secrets/${name}`, `${value}${chance.pick(['', '\n', '\r\n'])}`);
    rest = withAt(rest, path, undefined);
  }
  const [under, over] = chance.oneIn(3) ? split(chance, rest) : [rest, null];
  contents.set('base.yaml', written(chance, under));
  if (over !== null) contents.set('overlay.yaml', written(chance, over));
  return { files: over === null ? ['base.yaml'] : ['base.yaml', 'overlay.yaml'], env, contents };
}

const NOISE = {
  AVISOSERVER_APPLICATION__PORT: '80',
  AVISOSERVER_ECPDS_PASSWORD: SECRETS['ecpds.password'],
  PATH: '/bin',
  AVISO: 'x',
};

function split(chance: Chance, tree: unknown): [under: unknown, over: unknown] {
  const path = chance
    .pick([
      'ecpds',
      'auth',
      'sidecar/identity',
      'notification_schema/dissemination/auth',
      'notification_schema/staff',
      'ecpds/servers',
    ])
    .split('/');
  const value = valueAt(tree, path);
  if (value === undefined) return [tree, null];
  return [withAt(tree, path, undefined), withAt({}, path, value)];
}
