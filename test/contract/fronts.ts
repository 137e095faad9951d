import { startGateway } from '../helpers/gateway.js';
import { missing, type ProxyOptions, type RunningProxy, startEnvoy, startNginx } from '../helpers/proxies.js';

/** What stands between a client and the sidecar; `port` is where the client connects. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/** The transports of the contract's table: the sidecar itself, and each real proxy in front of a gateway. */
export const TRANSPORTS = ['http', 'envoy_http', 'nginx'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export function startFront(transport: TransportName, sidecarPort: number): Promise<Front> {
  switch (transport) {
    case 'http':
      return Promise.resolve({ port: sidecarPort, close: async () => undefined });
    case 'envoy_http':
      return behind(startEnvoy, sidecarPort);
    case 'nginx':
      return behind(startNginx, sidecarPort);
  }
}

/** For a test's `skip`: false when the transport can be had, else why not. Under CI=true it rejects instead. */
export async function missingFor(transport: TransportName): Promise<string | false> {
  return transport === 'http' ? false : missing(transport === 'nginx' ? 'nginx' : 'envoy');
}

async function behind(
  start: (options: ProxyOptions) => Promise<RunningProxy>,
  sidecarPort: number,
): Promise<Front> {
  const gateway = await startGateway();
  const proxy = await start({ sidecarPort, gatewayPort: gateway.port });
  return {
    port: proxy.port,
    async close() {
      await proxy.stop();
      await gateway.stop();
    },
  };
}
