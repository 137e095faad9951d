import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { configuration } from '../../helpers/command.js';
import { type FakeEcpds, SERVICE, startEcpds } from '../../helpers/ecpds.js';
import { type RecordingServer, startRecording } from '../../helpers/gateway.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { SecretWatch } from '../secrets/watch.js';
import { HOSTS, type Ports } from './envoys.js';
import { listsOf } from './questions.js';
import { type Serving, serve } from './serving.js';

/** ECPDS, the gateway, and the configuration files of two sidecars. */
export interface World {
  readonly ecpds: readonly FakeEcpds[];
  readonly gateway: RecordingServer;
  /** The ids of the requests that the gateway saw. */
  readonly passed: Set<string>;
  readonly ports: Ports;
  /** Starts one of the sidecars and waits until it listens. */
  start(index: 0 | 1): Promise<Serving>;
  /** Every process so far. */
  readonly started: readonly Serving[];
  stop(): Promise<void>;
}

export async function startWorld(secrets: SecretWatch, drainSeconds: number): Promise<World> {
  secrets.secret('ecpds.password', SERVICE.password);
  secrets.secret('auth.jwt_secret', JWT_SECRET);
  const ecpds = await Promise.all([startEcpds(listsOf(0)), startEcpds(listsOf(1))]);
  const passed = new Set<string>();
  const gateway = await startRecording((request, response) => {
    passed.add(String(request.headers['x-request-id']));
    gateway.requests.length = 0;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"gateway"}');
  });
  const ports = await freePorts();
  const folder = await mkdtemp(join(tmpdir(), 'aviso-restarts-'));
  const files = await Promise.all(
    HOSTS.map((host) => {
      const text = stringify(configurationOf(ecpds, host, ports, drainSeconds));
      return writtenTo(join(folder, `${host}.yaml`), text);
    }),
  );
  const started: Serving[] = [];
  return {
    ecpds,
    gateway,
    passed,
    ports,
    started,
    async start(index) {
      const serving = serve([files[index] ?? '']);
      started.push(serving);
      await serving.event('startup.listening');
      return serving;
    },
    async stop() {
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      for (const serving of started) secrets.saw('log of a restarted sidecar', serving.output());
      await Promise.all([gateway.stop(), ...ecpds.map((server) => server.close())]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configurationOf(ecpds: readonly FakeEcpds[], host: string, ports: Ports, drainSeconds: number) {
  const base = configuration(ecpds.map(({ url }) => url));
  return {
    ...base,
    // Short, so that ECPDS is asked all the time.
    ecpds: { ...base.ecpds, cache_ttl_seconds: 1, request_timeout_seconds: 25, connect_timeout_seconds: 20 },
    sidecar: {
      http: { host, port: ports.http },
      grpc: { host, port: ports.grpc },
      admin: { host, port: ports.admin },
      drain_seconds: drainSeconds,
    },
  };
}

async function writtenTo(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}

/** Three ports that are free on both hosts, below those that the system gives to connections. */
async function freePorts(): Promise<Ports> {
  for (let attempt = 0; attempt < 50; attempt++) {
    // By the process, so that two runs side by side do not take the same.
    const http = 10_000 + ((process.pid * 7 + attempt * 31) % 20_000);
    const ports = { http, grpc: http + 1, admin: http + 2 };
    const free = await Promise.all(
      Object.values(ports).flatMap((port) => HOSTS.map((host) => isFree(host, port))),
    );
    if (free.every((one) => one)) return ports;
  }
  throw new Error('no free ports');
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
