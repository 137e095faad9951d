import t from 'tap';
import { startApp } from '../helpers/app.js';
import { bodyFor } from '../helpers/authz.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { startGateway } from '../helpers/gateway.js';
import { startOtlp } from '../helpers/otlp.js';
import { missing } from '../helpers/proxies.js';
import { bearer } from '../helpers/tokens.js';
import { ENVOY_GRPC, ENVOY_HTTP, NGINX } from '../proxies/bench.js';
import { send } from '../proxies/client.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

for (const [name, front, port, proxy] of [
  ['Envoy over HTTP', ENVOY_HTTP, 'httpPort', 'envoy'],
  ['Envoy over gRPC', ENVOY_GRPC, 'grpcPort', 'envoy'],
  ['nginx', NGINX, 'httpPort', 'nginx'],
] as const) {
  const skip = await missing(proxy);
  t.test(`a client's trace goes through ${name} to the check, ECPDS and Aviso`, { skip }, async (t) => {
    const ecpds = await startEcpds({ alice: active('CIP') });
    const otlp = await startOtlp();
    const gateway = await startGateway({ everyMs: 5, count: 1 });
    const sidecar = { grpc: { port: 0 }, tracing: { endpoint: otlp.url } };
    const app = await startApp({ ecpds: [ecpds], sidecar });
    const running = await front.start({ sidecarPort: app[port], gatewayPort: gateway.port });
    const headers = {
      authorization: bearer({ username: 'alice' }),
      traceparent: TRACEPARENT,
      tracestate: 'v=1',
    };
    const answer = await send(running.port, { headers, body: Buffer.from(bodyFor('dissemination', 'CIP')) });
    await running.stop();
    await app.close();
    await Promise.all([otlp.close(), ecpds.close(), gateway.stop()]);

    t.equal(answer.status, 200);
    t.match(ecpds.headers, [{ traceparent: new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`), tracestate: 'v=1' }]);
    const decision = otlp.spans.find(({ kind }) => kind === 2);
    t.match(decision, { traceId: TRACE, parentSpanId: '00f067aa0ba902b7', name: 'authorize watch' });
    t.match(
      otlp.spans.filter(({ kind }) => kind === 3),
      [{ traceId: TRACE, parentSpanId: decision?.spanId }],
    );
    t.match(gateway.requests, [{ headers: { traceparent: TRACEPARENT, tracestate: 'v=1' } }]);
  });
}
