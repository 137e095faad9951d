import { fileURLToPath } from 'node:url';
import { findEnvoy } from '../../../src/demo/envoy-binary.js';
import { findNginx } from '../../proxies/nginx-binary.js';
import type { Core } from './cores.js';
import { type Envoy, type EnvoyOptions, startEnvoy } from './envoy.js';
import { type Gateway, startGateway } from './gateway.js';
import { type Running, type Serving, startServer } from './process.js';
import { type Sidecar, type SidecarOptions, startSidecar } from './sidecar.js';

/** The benchmark's own servers, by the file that they are. */
type Script = 'ecpds' | 'static-http' | 'static-grpc';

/** The servers of one part of the benchmark. They end with it. */
export interface Stand {
  server(script: Script, core: Core, args?: readonly number[]): Promise<Serving>;
  sidecar(options: SidecarOptions): Promise<Sidecar>;
  gateway(core: Core): Promise<Gateway>;
  envoy(options: EnvoyOptions, core: Core): Promise<Envoy>;
}

const scriptFile = (name: Script): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/**
 * Runs a part and ends its servers, the last one first, whatever becomes of it.
 *
 * @param folder for their files
 */
export async function withStand<T>(folder: string, part: (stand: Stand) => Promise<T>): Promise<T> {
  const started: Running[] = [];
  const kept = async <R extends Running>(starting: Promise<R>): Promise<R> => {
    const running = await starting;
    started.push(running);
    return running;
  };
  try {
    return await part({
      server: (script, core, args = []) => kept(startServer(scriptFile(script), core, args.map(String))),
      sidecar: (options) => kept(startSidecar(options, folder)),
      gateway: (core) => kept(found(findNginx).then((nginx) => startGateway(nginx, core, folder))),
      envoy: (options, core) =>
        kept(found(findEnvoy).then(({ binary }) => startEnvoy(binary, options, core, folder))),
    });
  } finally {
    for (const running of started.toReversed()) await running.stop();
  }
}

type Found = { readonly ok: true } | { readonly ok: false; readonly why: string };

async function found<F extends Found>(
  find: (options: { readonly env: NodeJS.ProcessEnv }) => Promise<F>,
): Promise<Extract<F, { ok: true }>> {
  const result = await find({ env: process.env });
  if (!result.ok) throw new Error(result.why);
  return result as Extract<F, { ok: true }>;
}
