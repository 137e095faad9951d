import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envoyArguments, envoyPorts } from '../../../src/demo/envoy-ready.js';
import { type Core, pinned } from './cores.js';
import { type Running, runningChild } from './process.js';

const SHIPPED = fileURLToPath(new URL('../../../../envoy', import.meta.url));

export type EnvoyTransport = 'http' | 'grpc';

export interface EnvoyOptions {
  readonly transport: EnvoyTransport;
  readonly gatewayPort: number;
  /** Null switches the check off, and leaves everything else as shipped. */
  readonly authorizerPort: number | null;
}

export interface Envoy extends Running {
  readonly port: number;
}

/**
 * Starts Envoy with one worker and a shipped configuration, of which only ports and addresses are changed. Its access
 * log is written, to nowhere.
 * @throws when it is not ready in time
 */
export async function startEnvoy(
  binary: string,
  options: EnvoyOptions,
  core: Core,
  parent: string,
): Promise<Envoy> {
  const folder = await mkdtemp(join(parent, 'envoy-'));
  const [config, admin] = [join(folder, 'envoy.yaml'), join(folder, 'admin')];
  await writeFile(
    config,
    edited(await readFile(join(SHIPPED, `envoy-${options.transport}.yaml`), 'utf8'), options),
  );
  const [program, args] = pinned(core, binary, envoyArguments(config, admin));
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const running = runningChild(child, 'Envoy');
  const ports = await envoyPorts(admin, child);
  if (ports !== null) return { ...running, port: ports.port };
  await running.stop();
  throw new Error(`Envoy did not become ready:\n${said}`);
}

/** What is replaced by what, each exactly where it is, so that a changed configuration is not measured by halves. */
function edited(shipped: string, { gatewayPort, authorizerPort }: EnvoyOptions): string {
  const edits: (readonly [RegExp, string])[] = [
    [/address: 0\.0\.0\.0, port_value: 8080/, 'address: 127.0.0.1, port_value: 0'],
    [/port_value: 9901/, 'port_value: 0'],
    [/port_value: 8000/, `port_value: ${gatewayPort}`],
    [/port_value: 900[23]/, `port_value: ${authorizerPort ?? 9}`],
  ];
  if (authorizerPort === null)
    edits.push([/(- name: envoy\.filters\.http\.ext_authz\n( +))typed/, '$1disabled: true\n$2typed']);
  return edits.reduce((text, [from, to]) => {
    if (!from.test(text)) throw new Error(`no ${from} to edit in the shipped configuration`);
    return text.replace(from, to);
  }, shipped);
}
