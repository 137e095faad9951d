import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
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
  const [port, adminPort] = [await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-envoy-'));
  const file = join(folder, 'envoy.yaml');
  await writeFile(
    file,
    withPorts(await readFile(SHIPPED, 'utf8'), { port, adminPort, sidecarPort, gatewayPort }),
  );
  const args = ['-c', file, '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warn'];
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
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
  const ready = await Promise.race([becomesReady(adminPort), exited.then(() => false)]);
  if (ready) return { port, close };
  await close();
  throw new Error(`Envoy did not become ready: ${log}`);
}

interface Ports {
  readonly port: number;
  readonly adminPort: number;
  readonly sidecarPort: number;
  readonly gatewayPort: number;
}

function withPorts(yaml: string, { port, adminPort, sidecarPort, gatewayPort }: Ports): string {
  const ports = new Map([
    ['8080', port],
    ['9901', adminPort],
    ['9002', sidecarPort],
    ['8000', gatewayPort],
  ]);
  return yaml
    .replace(/port_value: (\d+)/g, (line, shipped: string) => `port_value: ${ports.get(shipped) ?? line}`)
    .replaceAll('0.0.0.0', '127.0.0.1');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function becomesReady(adminPort: number): Promise<boolean> {
  for (let waited = 0; waited < READY_TIMEOUT_MS; waited += POLL_MS) {
    const live = await fetch(`http://127.0.0.1:${adminPort}/ready`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (live) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}
