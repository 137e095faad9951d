import { startGateway } from '../helpers/gateway.js';
import { type ProxyOptions, type RunningProxy, startEnvoy, startNginx } from '../helpers/proxies.js';

/** What stands between a client and the sidecar; `port` is where the client connects. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/** Every transport of the contract's table: the sidecar itself, and each real proxy in front of a gateway. */
export const FRONTS: Readonly<Record<string, (sidecarPort: number) => Promise<Front>>> = {
  http: async (port) => ({ port, close: async () => undefined }),
  envoy_http: (sidecarPort) => behind(startEnvoy, sidecarPort),
  nginx: (sidecarPort) => behind(startNginx, sidecarPort),
};

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
