import { startGateway } from '../helpers/gateway.js';
import { startNginx } from '../helpers/proxies.js';
import { runCases } from './run.js';

await runCases('nginx', async ({ port: sidecarPort }) => {
  const gateway = await startGateway();
  const nginx = await startNginx({ sidecarPort, gatewayPort: gateway.port });
  return {
    port: nginx.port,
    async close() {
      await nginx.stop();
      await gateway.stop();
    },
  };
});
