import { startGateway } from '../helpers/gateway.js';
import {
  ENVOY_GRPC_CONFIG,
  ENVOY_HTTP_CONFIG,
  missing,
  type ProxyOptions,
  type RunningProxy,
  startEnvoy,
  startNginx,
} from '../helpers/proxies.js';
import type { World } from './world.js';

/** What stands between a client and the sidecar; `port` is where the client connects. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/** The transports of the contract's table: the sidecar itself, and each real proxy in front of a gateway. */
export const TRANSPORTS = ['http', 'envoy_http', 'envoy_grpc', 'nginx'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export function startFront(
  transport: TransportName,
  { port, grpcPort }: Pick<World, 'port' | 'grpcPort'>,
): Promise<Front> {
  switch (transport) {
    case 'http':
      return Promise.resolve({ port, close: async () => undefined });
    case 'envoy_http':
      return behind(startEnvoy, { sidecarPort: port, configPath: ENVOY_HTTP_CONFIG });
    case 'envoy_grpc':
      return behind(startEnvoy, { sidecarPort: grpcPort, configPath: ENVOY_GRPC_CONFIG });
    case 'nginx':
      return behind(startNginx, { sidecarPort: port });
  }
}

/** For a test's `skip`: false when the transport can be had, else why not. Under CI=true it rejects instead. */
export async function missingFor(transport: TransportName): Promise<string | false> {
  return transport === 'http' ? false : missing(transport === 'nginx' ? 'nginx' : 'envoy');
}

async function behind(
  start: (options: ProxyOptions) => Promise<RunningProxy>,
  options: Omit<ProxyOptions, 'gatewayPort'>,
): Promise<Front> {
  const gateway = await startGateway();
  const proxy = await start({ ...options, gatewayPort: gateway.port });
  return {
    port: proxy.port,
    async close() {
      await proxy.stop();
      await gateway.stop();
    },
  };
}
