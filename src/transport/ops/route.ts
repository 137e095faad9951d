import Fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** Whether the process should be sent traffic, and if not, why. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: 'starting' | 'draining' };

export interface OpsOptions {
  readonly registry: Registry;
  readonly readiness: () => Readiness;
}

/** `sidecar.admin`: for Prometheus, probes and operators. Nothing of it is reachable on the decision listeners. */
export function createOpsListener({ registry, readiness }: OpsOptions): FastifyInstance {
  const app = Fastify();
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', registry.contentType);
    return registry.metrics();
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const state = readiness();
    reply.code(state.ready ? 200 : 503);
    return state;
  });
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({ error: 'not_found', message: 'try /metrics, /healthz or /readyz' });
  });
  return app;
}
