import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { MAX_CONNECTIONS, PEER_LIMITS, type PeerLimits } from '../../net/peer-limits.js';
import { closeStalledPeers } from '../../net/stalled-peers.js';
import { followConnections } from '../../net/unheard.js';
import { type ExplainOptions, explainRoute } from './explain.js';
import { fewAtOnce } from './few-at-once.js';
import { type RecheckOptions, recheckRoute } from './recheck.js';
import { type StatusOptions, statusRoutes } from './status.js';

/**
 * Whether the process should be sent traffic, and if not, why. `keys`: those of a required provider were never had.
 * `providers` is there when key providers are configured.
 */
export type Readiness =
  | { readonly ready: true; readonly providers?: readonly ProviderReadiness[] }
  | { readonly ready: false; readonly reason: 'starting' | 'draining' }
  | { readonly ready: false; readonly reason: 'keys'; readonly providers: readonly ProviderReadiness[] };

/** How one provider's keys stand, for whoever reads the answer of a probe. */
export interface ProviderReadiness {
  readonly oidc_provider: string;
  readonly required: boolean;
  /** `fresh`; `old`: kept after a failed refresh; `expired`: they were had, and are too old; `none`: never had. */
  readonly state: 'fresh' | 'old' | 'expired' | 'none';
  readonly keys: number;
  readonly age_seconds: number;
  /** Of the last attempt; null when it did not fail. */
  readonly error: string | null;
}

export interface OpsOptions {
  readonly registry: Registry;
  readonly readiness: () => Readiness;
  readonly recheck: RecheckOptions;
  readonly status: Omit<StatusOptions, 'few'>;
  readonly explain: ExplainOptions;
  /** A page or a scrape met a bug, and is 500. */
  readonly failed: (cause: unknown) => void;
  /** Left out, `PEER_LIMITS`. */
  readonly limits?: PeerLimits;
}

/** `sidecar.admin`: for Prometheus, probes and operators. Nothing of it is reachable on the decision listeners. */
export function createOpsListener(options: OpsOptions): FastifyInstance {
  const { registry, readiness, recheck, explain, status } = options;
  const app = createFastify(options.limits ?? PEER_LIMITS);
  const few = fewAtOnce();
  app.get('/metrics', (_request, reply) =>
    few(reply, async () => {
      const metrics = await registry.metrics();
      reply.header('content-type', registry.contentType);
      return metrics;
    }),
  );
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const state = readiness();
    reply.code(state.ready ? 200 : 503);
    return state;
  });
  app.register(statusRoutes, { ...status, few });
  app.register(recheckRoute, recheck);
  app.register(explainRoute, explain);
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode >= 500) options.failed(error);
    // Without the error's message, which may quote what was sent.
    reply.code(statusCode).send(statusCode >= 500 ? BROKEN : { error: 'bad_request', message: error.code });
  });
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({
      error: 'not_found',
      message: 'try /status, /status.json, /metrics, /healthz, /readyz, or POST /recheck or /explain',
    });
  });
  return app;
}

const BROKEN = { error: 'internal_error', message: 'a fault of this program; its log says where' };

/** By default neither Fastify nor Node bounds how long a request may take to arrive. */
function createFastify(limits: PeerLimits): FastifyInstance {
  const { receiveMs, lookMs } = limits;
  const app = Fastify({
    requestTimeout: receiveMs,
    http: { headersTimeout: receiveMs, connectionsCheckingInterval: lookMs },
  });
  app.server.maxConnections = MAX_CONNECTIONS.admin;
  closeStalledPeers(app.server, limits);
  const dropUnheard = followConnections(app.server);
  app.addHook('preClose', async () => dropUnheard());
  return app;
}
