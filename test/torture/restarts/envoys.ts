import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { blocks, page } from '../../docs/pages.js';
import {
  ENVOY_GRPC_CONFIG,
  ENVOY_HTTP_CONFIG,
  type RunningProxy,
  startEnvoy,
} from '../../helpers/proxies.js';

export type Transport = 'HTTP' | 'gRPC';

/** The hosts of the two sidecars: loopback has more than one address, so both may use the same ports. */
export const HOSTS = ['127.0.0.1', '127.0.0.2'] as const;

/** The ports of the sidecars, the same on either host. */
export interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly admin: number;
}

/** What is replaced in a configuration, and by what; each has to be there. */
export type Edits = readonly (readonly [from: string, to: string])[];

export interface EnvoyParts {
  readonly transport: Transport;
  readonly ports: Ports;
  readonly gatewayPort: number;
  /** Beside addresses and ports. */
  readonly edits?: Edits;
}

/** Envoy with the shipped configuration, and the lines for several authorizers of `docs/proxies.md` in it. */
export const startEnvoyForTwo = (parts: EnvoyParts): Promise<RunningProxy> =>
  startEdited(parts, (text) => withSeveral(text, parts));

/** Envoy with the shipped configuration, in front of the first sidecar. */
export const startEnvoyForOne = (parts: EnvoyParts): Promise<RunningProxy> =>
  startEdited(parts, (text) => text);

async function startEdited(
  { transport, ports, gatewayPort, edits = [] }: EnvoyParts,
  change: (text: string) => string,
): Promise<RunningProxy> {
  const shipped = await readFile(transport === 'HTTP' ? ENVOY_HTTP_CONFIG : ENVOY_GRPC_CONFIG, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'aviso-restarts-'));
  const configPath = join(folder, 'envoy.yaml');
  await writeFile(configPath, edited(change(shipped), edits));
  const sidecarPort = transport === 'HTTP' ? ports.http : ports.grpc;
  const proxy = await startEnvoy({ configPath, sidecarPort, gatewayPort });
  await rm(folder, { recursive: true, force: true });
  return proxy;
}

function withSeveral(text: string, { transport, ports }: EnvoyParts): string {
  const marker = transport === 'HTTP' ? 'http_health_check' : 'grpc_health_check';
  const lines = blocks(page('docs/proxies.md')).find((block) => block.text.includes(marker))?.text;
  if (lines === undefined) throw new Error(`docs/proxies.md shows no ${marker}`);
  const several = edited(lines, [
    ['10.0.0.1', HOSTS[0]],
    ['10.0.0.2', HOSTS[1]],
  ]).replaceAll('port_value: 9464', `port_value: ${ports.admin}`);
  const from = text.indexOf('      load_assignment:\n        cluster_name: authz\n');
  const to = text.indexOf('    - name: aviso\n', from);
  if (from < 0 || to < 0) throw new Error('the shipped configuration has another cluster authz');
  const indented = several.trimEnd().replace(/^(?=.)/gm, '      ');
  return `${text.slice(0, from)}${indented}\n\n${text.slice(to)}`;
}

function edited(text: string, edits: Edits): string {
  return edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`no ${from} to edit`);
    return before.replaceAll(from, to);
  }, text);
}

/** Envoy's counters and gauges of the cluster `authz`, by the end of their name. */
export async function authzStats({ adminPort }: RunningProxy): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/stats?filter=^cluster\\.authz\\.`);
  const lines = (await answer.text()).split('\n');
  return new Map(lines.map((line) => [line.split(':')[0]?.slice(14) ?? '', Number(line.split(':')[1])]));
}

/** Waits until Envoy takes so many sidecars for healthy. @throws when it does not */
export async function untilHealthy(envoys: readonly RunningProxy[], count: number): Promise<void> {
  for (const envoy of envoys) {
    const patience = performance.now() + 15_000;
    while ((await authzStats(envoy)).get('membership_healthy') !== count) {
      if (performance.now() > patience) throw new Error(`Envoy does not take ${count} sidecars for healthy`);
      await pause(20);
    }
  }
}
