import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envoyArguments, envoyPorts } from './envoy-ready.js';

export interface EnvoyProcess {
  readonly port: number;
  /** Ends Envoy and waits until it has. */
  close(): Promise<void>;
}

export interface EnvoyOptions {
  readonly binary: string;
  readonly sidecarPort: number;
  readonly gatewayPort: number;
}

/** The configuration as it is shipped: the demo changes its ports and nothing else. */
const SHIPPED = new URL('../../../envoy/envoy-http.yaml', import.meta.url);

/** Runs a real Envoy with the shipped configuration on free loopback ports. Rejects when it does not become ready. */
export async function startEnvoy({ binary, sidecarPort, gatewayPort }: EnvoyOptions): Promise<EnvoyProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-envoy-'));
  const [file, adminFile] = [join(folder, 'envoy.yaml'), join(folder, 'admin')];
  await writeFile(file, withPorts(await readFile(SHIPPED, 'utf8'), sidecarPort, gatewayPort));
  const child = spawn(binary, envoyArguments(file, adminFile), { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk.toString('utf8')}`.slice(-4000);
  });
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const ports = await envoyPorts(adminFile, child);
  if (ports !== null) return { port: ports.port, close };
  await close();
  throw new Error(`Envoy did not become ready: ${log}`);
}

/** Its own two ports are left to the system, so that none can be taken by another between choosing and binding it. */
function withPorts(yaml: string, sidecarPort: number, gatewayPort: number): string {
  const ports = new Map([
    ['8080', 0],
    ['9901', 0],
    ['9002', sidecarPort],
    ['8000', gatewayPort],
  ]);
  return yaml
    .replace(/(?<=port_value: )\d+/g, (shipped) => String(ports.get(shipped) ?? shipped))
    .replaceAll('0.0.0.0', '127.0.0.1');
}
