import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SERVICE_ACCOUNT } from './ecpds.js';

export interface DemoFiles {
  /** Aviso's own file and the overlay, in the order they are given to `--config`. */
  readonly files: readonly string[];
  readonly jwtSecret: string;
  remove(): Promise<void>;
}

/** Writes what an operator would have: Aviso's file as it is, and a small one laid over it. */
export async function writeDemoConfig(ecpdsPorts: readonly number[]): Promise<DemoFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-demo-'));
  const jwtSecret = randomBytes(32).toString('base64url');
  const files = [join(folder, 'aviso.yaml'), join(folder, 'overlay.yaml')];
  await writeFile(join(folder, 'aviso.yaml'), stringify(avisoFile(jwtSecret)), { mode: 0o600 });
  await writeFile(join(folder, 'overlay.yaml'), stringify(overlay(ecpdsPorts)), { mode: 0o600 });
  return { files, jwtSecret, remove: () => rm(folder, { recursive: true, force: true }) };
}

const avisoFile = (jwtSecret: string) => ({
  application: { host: '127.0.0.1', port: 8000 },
  notification_backend: { kind: 'in_memory' },
  auth: {
    enabled: true,
    mode: 'trusted_proxy',
    jwt_secret: jwtSecret,
    admin_roles: { ecmwf: ['admin'] },
  },
  notification_schema: {
    dissemination: {
      topic: { base: 'diss', key_order: ['destination', 'class'] },
      auth: { required: true },
      identifier: {
        destination: { type: 'StringHandler', required: true },
        class: { type: 'StringHandler', max_length: 2, required: false },
      },
    },
  },
});

const overlay = (ecpdsPorts: readonly number[]) => ({
  ecpds: {
    ...SERVICE_ACCOUNT,
    servers: ecpdsPorts.map((port) => `http://127.0.0.1:${port}`),
    match_key: 'destination',
    request_timeout_seconds: 2,
    connect_timeout_seconds: 1,
  },
  notification_schema: { dissemination: { auth: { plugins: ['ecpds'] } } },
  sidecar: {
    http: { host: '127.0.0.1', port: 0 },
    grpc: null,
    admin: { host: '127.0.0.1', port: 0 },
    drain_seconds: 0,
  },
});
