import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { stringify } from 'yaml';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import { active, type FakeEcpds, SERVICE, startEcpds } from '../helpers/ecpds.js';
import { JWT_SECRET } from '../helpers/tokens.js';

/** What the stand-in ECPDS lists for `alice`; chosen so that a wrong canonical form meets a listed name. */
const ALICES = [
  ...[
    'CIP',
    'FOO',
    'cip',
    'foo',
    '5',
    '-5',
    '0',
    '9223372036854775807',
    '-9223372036854775808',
    'straße',
    'strasse',
  ],
  ...['ας', '*', 'über', 'a b', 'é', 'e\u0301', '😀', 'a.b', '>', '%2A', '\u0000x', '12345678', 'éééé'],
];

/** One stand-in ECPDS server, and one configuration file that Aviso and the sidecar both read as it is. */
export interface ParityWorld {
  readonly ecpds: FakeEcpds;
  readonly configFile: string;
  startSidecar(): Promise<ParitySidecar>;
  close(): Promise<void>;
}

/** The sidecar's listeners: HTTP, and gRPC. */
export interface ParitySidecar {
  readonly port: number;
  readonly grpcPort: number;
  stop(): Promise<void>;
}

/** @param avisoPort where Aviso is to listen, when it is to run */
export async function startParityWorld(avisoPort: number): Promise<ParityWorld> {
  const ecpds = await startEcpds({ alice: active(...ALICES), 'ecmwf-alice': active(...ALICES) });
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-parity-'));
  const configFile = join(folder, 'aviso.yaml');
  await writeFile(configFile, stringify(configuration(ecpds.url, avisoPort)));
  return {
    ecpds,
    configFile,
    startSidecar: () => startSidecar(folder, configFile),
    async close() {
      await ecpds.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSidecar(folder: string, configFile: string): Promise<ParitySidecar> {
  const overlay = join(folder, 'overlay.yaml');
  const listeners = { http: { port: 0 }, grpc: { port: 0 }, admin: { port: 0 }, log_level: 'error' };
  await writeFile(overlay, stringify({ sidecar: listeners }));
  const loaded = await loadConfig({ files: [configFile, overlay], env: {} });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  const app = createApp(loaded.value, new Writable({ write: (_chunk, _encoding, done) => done() }));
  const { http, grpc } = await app.start();
  if (grpc === null) throw new Error('the sidecar has no gRPC listener');
  return { port: Number(new URL(http).port), grpcPort: Number(new URL(grpc).port), stop: () => app.stop() };
}

function configuration(server: string, port: number) {
  const gated = (rule: Record<string, unknown>, auth: Record<string, unknown> = {}) => ({
    auth: { required: true, plugins: ['ecpds'], ...auth },
    identifier: { destination: { required: true, ...rule } },
  });
  const text = { type: 'StringHandler' };
  const schema = {
    dissemination: gated({ ...text, max_length: 8 }),
    numbered: gated({ type: 'IntHandler', range: [-5, 9_000_000_000] }),
    anyint: gated({ type: 'IntHandler' }),
    listed: gated({ type: 'EnumHandler', values: ['CIP', 'foo', 'STRASSE', 'Straße', '*', 'ΑΣ'] }),
    guarded: gated(text, { read_roles: { ecmwf: ['reader'], open: ['*'] } }),
    members: {
      auth: { required: true, read_roles: { ecmwf: ['reader'] } },
      identifier: { destination: { ...text, required: true } },
    },
    open: { identifier: { destination: { ...text, required: false } } },
  };
  const others = {
    class: { type: 'EnumHandler', values: ['od', 'rd'], required: false },
    step: { type: 'IntHandler', range: [0, 100], required: false },
  };
  Object.assign(schema.dissemination.identifier, others);
  const topics = Object.entries(schema).map(([name, of]) => [
    name,
    { ...of, topic: { base: name, key_order: Object.keys(of.identifier) } },
  ]);
  return {
    application: { host: '127.0.0.1', port, base_url: 'http://localhost', static_files_path: tmpdir() },
    notification_backend: { kind: 'in_memory', in_memory: { max_history_per_topic: 10, max_topics: 1000 } },
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { ecmwf: ['admin'] } },
    ecpds: { ...SERVICE, servers: [server], match_key: 'destination' },
    notification_schema: Object.fromEntries(topics),
  };
}
