import { startGateway } from '../helpers/gateway.js';
import { startEnvoy } from '../helpers/proxies.js';
import { runCases } from './run.js';

await runCases('envoy_http', async ({ port: sidecarPort }) => {
  const gateway = await startGateway();
  const envoy = await startEnvoy({ sidecarPort, gatewayPort: gateway.port });
  return {
    port: envoy.port,
    async close() {
      await envoy.stop();
      await gateway.stop();
    },
  };
});
