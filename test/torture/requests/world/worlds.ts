import type { LogOutput } from '../../../../src/observe/logger.js';
import type { Context } from '../../part.js';
import type { Truth } from '../../reference/world.js';
import { settingsFor, type WorldSecrets } from './configuration.js';
import { SERVERS, SERVICE_USER } from './ecpds.js';
import { fuzzSecrets } from './secrets.js';
import { createSidecar, type FuzzedSidecar } from './sidecar.js';
import { truthOf, WORLDS, type WorldName } from './truth.js';

/** One sidecar, and the truth of its world. */
export interface FuzzedWorld {
  readonly sidecar: FuzzedSidecar;
  readonly truth: Truth;
}

/** A sidecar in each world, with ECPDS in memory. */
export interface FuzzedWorlds {
  readonly secrets: WorldSecrets;
  of(world: WorldName): FuzzedWorld;
  close(): Promise<void>;
}

export async function fuzzedWorlds(context: Context, log: LogOutput): Promise<FuzzedWorlds> {
  const secrets = fuzzSecrets(context);
  const worlds = new Map<WorldName, FuzzedWorld>();
  for (const world of WORLDS) {
    const settings = await settingsFor({ world, secrets, servers: SERVERS, serviceUser: SERVICE_USER });
    const sidecar = createSidecar(settings, secrets.servicePassword, log);
    worlds.set(world, { sidecar, truth: truthOf(world, secrets.jwtSecret) });
  }
  return {
    secrets,
    of(name) {
      const world = worlds.get(name);
      if (world === undefined) throw new Error(`no world ${name}`);
      return world;
    },
    async close() {
      for (const { sidecar } of worlds.values()) await sidecar.close();
    },
  };
}
