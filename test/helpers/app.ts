import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import type { Problem } from '../../src/config/problem.js';
import type { Settings } from '../../src/engine.js';
import { bodyFor } from './authz.js';
import { type ManualClock, manualClock } from './clock.js';
import { type FakeEcpds, SERVICE } from './ecpds.js';
import { bearer, JWT_SECRET } from './tokens.js';

type Block = Readonly<Record<string, unknown>>;

export interface AppOptions {
  readonly ecpds: readonly FakeEcpds[];
  /** Laid over the `ecpds` block. */
  readonly ecpdsSettings?: Block;
  /** Laid over the `sidecar` block. */
  readonly sidecar?: Block;
}

/** The whole sidecar on loopback, with a clock that a test moves. */
export interface RunningApp {
  readonly clock: ManualClock;
  readonly events: Record<string, unknown>[];
  /** The URL of the admin listener, or null when it is on a socket. */
  readonly admin: string;
  /** The ports of the decision listeners; 0 when gRPC is off. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /** The status of a watch of a user for a destination. */
  watch(username: string, destination?: string): Promise<number>;
  /** The samples of the series whose name begins so: name and labels to value. */
  series(prefix: string): Promise<Record<string, number>>;
  reload(options: AppOptions): Promise<void>;
  /** The configuration has changed, and has these problems. */
  refuse(problems: readonly Problem[]): void;
  close(): Promise<void>;
}

export async function startApp(options: AppOptions): Promise<RunningApp> {
  const events: Record<string, unknown>[] = [];
  const clock = manualClock();
  const output = { write: (line: string) => void events.push(JSON.parse(line)) };
  const app = createApp(await settingsOf(options), output, clock);
  const { grpc } = await app.start();
  const { port } = app.http.server.address() as AddressInfo;
  const adminAddress = app.admin.server.address();
  const admin =
    adminAddress === null || typeof adminAddress === 'string' ? '' : `http://127.0.0.1:${adminAddress.port}`;
  return {
    clock,
    events,
    admin,
    httpPort: port,
    grpcPort: grpc === null ? 0 : Number(new URL(grpc).port),
    async watch(username, destination = 'CIP') {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/watch`, {
        method: 'POST',
        headers: { authorization: bearer({ username }) },
        body: Buffer.from(bodyFor('dissemination', destination)),
      });
      await response.arrayBuffer();
      return response.status;
    },
    async series(prefix) {
      const lines = (await app.metrics.registry.metrics()).split('\n');
      const samples = lines.filter((line) => line.startsWith(prefix));
      return Object.fromEntries(
        samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
      );
    },
    async reload(changed) {
      app.reload(await settingsOf(changed));
    },
    refuse: (problems) => app.reloadRefused(problems),
    close: () => app.stop(),
  };
}

async function settingsOf({ ecpds, ecpdsSettings, sidecar }: AppOptions): Promise<Settings> {
  const text = stringify({
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { ecmwf: ['admin'] } },
    ecpds: { ...SERVICE, servers: ecpds.map(({ url }) => url), match_key: 'destination', ...ecpdsSettings },
    notification_schema: {
      dissemination: {
        identifier: { destination: { type: 'StringHandler', required: true } },
        topic: { base: 'diss', key_order: ['destination'] },
        auth: { required: true, plugins: ['ecpds'] },
      },
    },
    sidecar: { http: { port: 0 }, grpc: null, admin: { port: 0 }, ...sidecar },
  });
  const loaded = await loadConfig({ files: ['config.yaml'], env: {}, readFile: () => text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}
