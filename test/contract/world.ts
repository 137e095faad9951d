import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { stringify } from 'yaml';
import type { Checker } from '../../src/checker/checker.js';
import { loadConfig } from '../../src/config/load.js';
import { createDecider } from '../../src/decider.js';
import { createEngine, type Settings } from '../../src/engine.js';
import { createEventLog } from '../../src/observe/logger.js';
import { createMetrics, type Metrics } from '../../src/observe/metrics.js';
import { createRecorder } from '../../src/observe/recorder.js';
import { createGrpcListener } from '../../src/transport/grpc-listener.js';
import { createHttpListener } from '../../src/transport/http-listener.js';
import { active, type FakeEcpds, SERVICE, startEcpds } from '../helpers/ecpds.js';
import { JWT_SECRET } from '../helpers/tokens.js';
import { BUG_USER, FAULTS, LISTED } from './cases.js';

/** A sidecar on loopback with a stand-in ECPDS server behind it, as the contract cases need it. */
export interface World {
  /** Of the HTTP listener. */
  readonly port: number;
  readonly grpcPort: number;
  readonly ecpds: FakeEcpds;
  readonly metrics: Metrics;
  readonly events: Record<string, unknown>[];
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Where auth-o-tron is, for `auth.mode: direct`; without it the mode is `trusted_proxy`. */
  readonly authOTronUrl?: string;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const ecpds = await startEcpds();
  for (const [user, names] of Object.entries(LISTED)) ecpds.users.set(user, active(...names));
  for (const [user, fault] of Object.entries(FAULTS)) ecpds.userFaults.set(user, fault);
  const events: Record<string, unknown>[] = [];
  const { ports, metrics, close } = await startSidecar(ecpds, events, options);
  return {
    ...ports,
    ecpds,
    metrics,
    events,
    async close() {
      await close();
      await ecpds.close();
    },
  };
}

async function startSidecar(ecpds: FakeEcpds, events: Record<string, unknown>[], options: WorldOptions) {
  const settings = await settingsFor(configuration(ecpds.url, options));
  const log = createEventLog({ name: 'test', version: '0' }, 'debug', 'json', intoList(events));
  const metrics = createMetrics('0');
  const recorder = createRecorder(log, metrics);
  const engine = createEngine({ settings, observer: recorder, clock: performance, previous: null });
  const destinations = engine.parts.destinations;
  if (destinations === null) throw new Error('the test configuration gates nothing');
  const parts = {
    ...engine.parts,
    destinations: { ...destinations, checker: failingFor(BUG_USER, destinations.checker) },
  };
  const deciding = {
    ...createDecider(() => parts, recorder),
    challenges: () => engine.challenges,
    now: () => performance.now(),
  };
  const http = createHttpListener({ ...deciding, isDraining: () => false, drainSeconds: () => 5 });
  const grpc = createGrpcListener({ ...deciding, isReady: () => true });
  const anywhere = { host: '127.0.0.1', port: 0 };
  const ports = {
    port: Number(new URL(await http.listen(anywhere)).port),
    grpcPort: Number(new URL(await grpc.listen(anywhere)).port),
  };
  const close = async () => {
    http.server.closeAllConnections();
    await Promise.all([http.close(), grpc.close()]);
    await engine.close(null);
  };
  return { ports, metrics, close };
}

/** A checker with a bug that one user meets. */
const failingFor = (user: string, checker: Checker): Checker => ({
  ...checker,
  check: (request) =>
    request.identity.username === user ? Promise.reject(new TypeError('a bug')) : checker.check(request),
});

const intoList = (events: Record<string, unknown>[]): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      events.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });

async function settingsFor(configured: unknown): Promise<Settings> {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-test-'));
  const file = join(folder, 'aviso.yaml');
  await writeFile(file, stringify(configured));
  const loaded = await loadConfig({ files: [file], env: {} });
  await rm(folder, { recursive: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}

function configuration(server: string, { authOTronUrl }: WorldOptions) {
  const gated = (rule: Record<string, unknown>) => ({
    topic: { base: String(rule['type']), key_order: ['destination'] },
    auth: { required: true, plugins: ['ecpds'] },
    identifier: { destination: { required: true, ...rule } },
  });
  const plain = (auth: Record<string, unknown> | null) => ({
    ...(auth === null ? {} : { auth }),
    identifier: { destination: { type: 'StringHandler', required: false } },
  });
  return {
    auth: {
      ...(authOTronUrl === undefined
        ? { mode: 'trusted_proxy' }
        : { mode: 'direct', auth_o_tron_url: authOTronUrl }),
      enabled: true,
      jwt_secret: JWT_SECRET,
      admin_roles: { ecmwf: ['admin'] },
      timeout_ms: 1000,
    },
    ecpds: {
      ...SERVICE,
      servers: [server],
      match_key: 'destination',
      request_timeout_seconds: 2,
      connect_timeout_seconds: 1,
    },
    notification_schema: {
      dissemination: gated({ type: 'StringHandler', max_length: 32 }),
      numbered: gated({ type: 'IntHandler' }),
      listed: gated({ type: 'EnumHandler', values: ['CIP', 'FOO'] }),
      members: plain({ required: true }),
      staff: plain({ required: true, read_roles: { ecmwf: ['reader'] } }),
      open: plain(null),
    },
  };
}
