import type { AddressInfo } from 'node:net';
import { type App, createApp } from '../../../../src/app.js';
import { CheckClient } from '../../fuzz/h2-client.js';
import type { WatchedOutput } from '../../fuzz/watched-output.js';
import type { Truth } from '../../reference/world.js';
import { settingsFor, type WorldSecrets } from './configuration.js';
import { SERVICE_USER } from './ecpds.js';
import { startEcpdsServers } from './ecpds-on-loopback.js';
import { truthOf, WORLDS, type WorldName } from './truth.js';

/** A whole sidecar on loopback in one of the worlds. */
export interface RunningWorld {
  readonly httpPort: number;
  readonly grpc: CheckClient;
  readonly truth: Truth;
  readonly app: App;
}

export interface RunningWorlds {
  of(world: WorldName): RunningWorld;
  close(): Promise<void>;
}

export async function startWorlds(secrets: WorldSecrets, log: WatchedOutput): Promise<RunningWorlds> {
  const ecpds = await startEcpdsServers(secrets.servicePassword);
  const worlds = new Map<WorldName, RunningWorld>();
  for (const world of WORLDS) {
    const settings = await settingsFor({ world, secrets, servers: ecpds.urls, serviceUser: SERVICE_USER });
    const app = createApp(settings, log);
    const { grpc } = await app.start();
    worlds.set(world, {
      app,
      httpPort: (app.http.server.address() as AddressInfo).port,
      grpc: new CheckClient(Number(new URL(grpc ?? '').port)),
      truth: truthOf(world, secrets.jwtSecret),
    });
  }
  return {
    of(name) {
      const world = worlds.get(name);
      if (world === undefined) throw new Error(`no world ${name}`);
      return world;
    },
    async close() {
      for (const { app, grpc } of worlds.values()) {
        grpc.close();
        app.http.server.closeAllConnections();
        await app.stop();
      }
      await ecpds.close();
    },
  };
}
