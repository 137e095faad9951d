import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import type { Settings } from '../../src/engine.js';
import { bodyFor } from './authz.js';
import { type ManualClock, manualClock } from './clock.js';
import { active, type FakeEcpds, SERVICE, startEcpds } from './ecpds.js';
import { JWT_SECRET } from './tokens.js';

/** The whole sidecar with key providers, a clock that a test moves, and a stand-in ECPDS server. */
export interface ProviderApp {
  readonly clock: ManualClock;
  readonly ecpds: FakeEcpds;
  readonly events: Record<string, unknown>[];
  /** The URL of the admin listener. */
  readonly admin: string;
  /** Of the HTTP listener. */
  readonly port: number;
  readonly grpcPort: number;
  /** Asks for a decision. */
  ask(token: string | null, destination?: string, eventType?: string): Promise<Response>;
  /** The status alone. */
  status(token: string | null): Promise<number>;
  readyz(): Promise<{ readonly status: number; readonly body: ReadyBody }>;
  /** The samples of the series about keys: name and labels to value. */
  series(): Promise<Map<string, number>>;
  /** How many requests were known how: mode and outcome to count, without zeros. */
  authRequests(): Promise<Record<string, number>>;
  reload(config: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}
export interface ReadyBody {
  readonly ready: boolean;
  readonly reason?: string;
  readonly providers?: readonly Record<string, unknown>[];
}

/** Alice reads CIP; `members` wants a user and no destination. */
export async function startProviderApp(
  identity: Record<string, unknown>,
  auth: Record<string, unknown> = {},
): Promise<ProviderApp> {
  const ecpds = await startEcpds();
  ecpds.users.set('alice', active('CIP'));
  const events: Record<string, unknown>[] = [];
  const output = { write: (line: string) => void events.push(JSON.parse(line)) };
  const clock = manualClock();
  const app = createApp(await settings(configuration(ecpds.url, identity, auth)), output, clock);
  const { grpc } = await app.start();
  const { port } = app.http.server.address() as AddressInfo;
  const admin = `http://127.0.0.1:${(app.admin.server.address() as AddressInfo).port}`;
  const ask: ProviderApp['ask'] = (token, destination = 'CIP', eventType = 'dissemination') =>
    fetch(`http://127.0.0.1:${port}/api/v1/watch`, {
      method: 'POST',
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body: Buffer.from(bodyFor(eventType, destination)),
    });
  return {
    clock,
    ecpds,
    events,
    admin,
    port,
    grpcPort: Number(new URL(grpc ?? '').port),
    ask,
    async status(token) {
      const response = await ask(token);
      await response.arrayBuffer();
      return response.status;
    },
    async readyz() {
      const response = await fetch(`${admin}/readyz`);
      return { status: response.status, body: (await response.json()) as ReadyBody };
    },
    async series() {
      const text = await (await fetch(`${admin}/metrics`)).text();
      const lines = text.split('\n').filter((line) => line.startsWith('aviso_jwks_'));
      return new Map(
        lines.map((line) => [
          line.slice(0, line.lastIndexOf(' ')),
          Number(line.slice(line.lastIndexOf(' '))),
        ]),
      );
    },
    async authRequests() {
      const text = await (await fetch(`${admin}/metrics`)).text();
      const pattern = /^aviso_auth_requests_total\{mode="(\w+)",outcome="(\w+)"\} ([1-9]\d*)$/gm;
      return Object.fromEntries(
        [...text.matchAll(pattern)].map(([, mode, outcome, count]) => [`${mode} ${outcome}`, Number(count)]),
      );
    },
    reload: async (config) => app.reload(await settings(configuration(ecpds.url, config, auth))),
    async close() {
      await app.stop();
      await ecpds.close();
    },
  };
}

async function settings(config: unknown): Promise<Settings> {
  const loaded = await loadConfig({ files: ['x.yaml'], env: {}, readFile: () => stringify(config) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}

const configuration = (server: string, identity: Record<string, unknown>, auth: Record<string, unknown>) => ({
  auth: {
    enabled: true,
    mode: 'trusted_proxy',
    jwt_secret: JWT_SECRET,
    admin_roles: { operators: ['admin'], gitlab: ['admin'], customers: ['admin'] },
    ...auth,
  },
  ecpds: { ...SERVICE, servers: [server], match_key: 'destination', request_timeout_seconds: 2 },
  notification_schema: {
    dissemination: {
      topic: { base: 'diss', key_order: ['destination'] },
      auth: { required: true, plugins: ['ecpds'] },
      identifier: { destination: { type: 'StringHandler', required: true } },
    },
    members: {
      auth: { required: true },
      identifier: { destination: { type: 'StringHandler', required: false } },
    },
    open: { identifier: { destination: { type: 'StringHandler', required: false } } },
  },
  sidecar: {
    log_level: 'debug',
    http: { port: 0 },
    grpc: { port: 0 },
    admin: { port: 0 },
    drain_seconds: 0,
    identity,
  },
});
