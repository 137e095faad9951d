import { stringify } from 'yaml';
import type { Files } from '../../helpers/command.js';
import type { Made } from './made.js';
import { SERVICE_USER, type Upstreams } from './upstreams.js';

/** One sidecar: how users are known, how it is given its secrets, and how it writes its log. */
export interface Scene {
  readonly mode: 'trusted_proxy' | 'direct' | 'providers';
  readonly given: 'file' | 'environment' | 'secret files';
  readonly format: 'json' | 'logfmt';
}

/** Every mode, every way to give secrets, and both formats. */
export const FEW: readonly Scene[] = [
  { mode: 'trusted_proxy', given: 'file', format: 'json' },
  { mode: 'direct', given: 'environment', format: 'logfmt' },
  { mode: 'providers', given: 'secret files', format: 'json' },
];

/** Each mode with each way to give secrets, in one format and the other by turns. */
export const ALL: readonly Scene[] = (['trusted_proxy', 'direct', 'providers'] as const).flatMap(
  (mode, row) =>
    (['file', 'environment', 'secret files'] as const).map((given, column) => ({
      mode,
      given,
      format: (row + column) % 2 === 0 ? 'json' : 'logfmt',
    })),
);

/** What to start `serve`, or another command, with. */
export interface Start {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

type Secrets = Pick<Made, 'password' | 'jwtSecret' | 'recheckToken'>;

/** Writes the configuration of a scene, with its secrets where they are given. */
export async function configure(
  { mode, given, format }: Scene,
  upstreams: Upstreams,
  secrets: Secrets,
  files: Files,
): Promise<Start> {
  const path = await files.write('secrets.yaml', given === 'file' ? inFile(secrets) : {});
  const base = await files.write('base.yaml', stringify(baseOf(mode, format, upstreams)));
  const args = ['--config', base, '--config', path];
  if (given === 'file') return { args, env: {} };
  if (given === 'environment') return { args, env: inEnvironment(secrets) };
  return { args, env: await inSecretFiles(secrets, files) };
}

const inFile = ({ password, jwtSecret, recheckToken }: Secrets) => ({
  ecpds: { password },
  auth: { jwt_secret: jwtSecret },
  sidecar: { recheck_token: recheckToken },
});

const inEnvironment = ({ password, jwtSecret, recheckToken }: Secrets) => ({
  AVISOSERVER_ECPDS__PASSWORD: password,
  AVISOSERVER_AUTH__JWT_SECRET: jwtSecret,
  avisoserver_sidecar__recheck_token: recheckToken,
});

const inSecretFiles = async ({ password, jwtSecret, recheckToken }: Secrets, files: Files) => ({
  AVISO_AUTHZ_ECPDS_PASSWORD_FILE: await files.write('password', `${password}\n`),
  AVISO_AUTHZ_JWT_SECRET_FILE: await files.write('jwt-secret', jwtSecret),
  AVISO_AUTHZ_RECHECK_TOKEN_FILE: await files.write('recheck-token', `${recheckToken}\n`),
});

/** The admin listener is where a token is asked for, and yet on this host alone. */
const ADMIN = { host: '::ffff:127.0.0.1', port: 0 };

function baseOf(mode: Scene['mode'], format: Scene['format'], upstreams: Upstreams) {
  const { ecpds, untrusted, authOTron, collector, keys } = upstreams;
  return {
    auth: {
      enabled: true,
      mode: mode === 'direct' ? 'direct' : 'trusted_proxy',
      ...(mode === 'direct' ? { auth_o_tron_url: authOTron, timeout_ms: 30_000 } : {}),
      admin_roles: { ecmwf: ['admin'] },
    },
    ecpds: {
      username: SERVICE_USER,
      servers: [ecpds, untrusted],
      match_key: 'destination',
      partial_outage_policy: 'any_success',
    },
    notification_schema: {
      dissemination: {
        identifier: { destination: { type: 'StringHandler', required: true } },
        topic: { base: 'diss', key_order: ['destination'] },
        auth: { required: true, plugins: ['ecpds'] },
      },
    },
    sidecar: {
      http: { port: 0 },
      grpc: { port: 0 },
      admin: ADMIN,
      log_level: 'debug',
      log_format: format,
      drain_seconds: 0,
      tracing: { endpoint: collector },
      ...(mode === 'providers' ? { identity: { providers: providersAt(keys) } } : {}),
    },
  };
}

export const ISSUER = 'https://identity.example.int';

const providersAt = (keys: string) => [
  {
    name: 'good',
    issuer: ISSUER,
    jwks_uri: `${keys}/good`,
    algorithms: ['ES256'],
    realm: 'ecmwf',
    username_claim: 'username',
    ecpds_users: true,
  },
  { name: 'broken', issuer: `${ISSUER}/b`, jwks_uri: `${keys}/bad`, realm: 'b', required: false },
];
