import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 100;

/** Runs a real Envoy with the shipped configuration on free loopback ports. Rejects when it does not become ready. */
export async function startEnvoy({ binary, sidecarPort, gatewayPort }: EnvoyOptions): Promise<EnvoyProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-envoy-'));
  const [file, adminFile] = [join(folder, 'envoy.yaml'), join(folder, 'admin')];
  await writeFile(file, withPorts(await readFile(SHIPPED, 'utf8'), sidecarPort, gatewayPort));
  const args = ['-c', file, '--admin-address-path', adminFile, '--use-dynamic-base-id'];
  const flags = ['--concurrency', '1', '--log-level', 'warn'];
  const child = spawn(binary, [...args, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<null>((resolve) => child.once('exit', () => resolve(null)));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk.toString('utf8')}`.slice(-4000);
  });
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const port = await Promise.race([portWhenReady(adminFile), exited]);
  if (port !== null) return { port, close };
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

/** The listener's port once Envoy says that it is ready; null when it never does. */
async function portWhenReady(adminFile: string): Promise<number | null> {
  for (let waited = 0; waited < READY_TIMEOUT_MS; waited += POLL_MS) {
    const port = await listenerPort(adminFile).catch(() => null);
    if (port !== null) return port;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return null;
}

/** Rejects while Envoy has not written its admin address, or does not answer there. */
async function listenerPort(adminFile: string): Promise<number | null> {
  const admin = `http://${(await readFile(adminFile, 'utf8')).trim()}`;
  if ((await fetch(`${admin}/ready`)).status !== 200) return null;
  const port = /:(\d+)\s*$/.exec(await (await fetch(`${admin}/listeners`)).text())?.[1];
  return port === undefined ? null : Number(port);
}
