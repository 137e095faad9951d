import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { Decision } from '../../src/domain/decision.js';
import type { AuthzRequest } from '../../src/domain/request.js';
import { createHttpListener, type HttpListenerOptions } from '../../src/transport/http-listener.js';

export const ALLOW: Decision = { kind: 'allow', reason: 'not_gated', identity: null, cacheOutcome: null };

export interface StartedListener {
  readonly port: number;
  /** The requests that a decision was asked for, in order. */
  readonly seen: AuthzRequest[];
  /** The refusals made without asking. */
  readonly refused: Decision[];
}

/** The decision listener on loopback, with decisions as a test wants them. */
export async function startListener(
  t: Test,
  decide: (request: AuthzRequest) => Decision | Promise<Decision> = () => ALLOW,
  options: Partial<HttpListenerOptions> = {},
): Promise<StartedListener> {
  const seen: AuthzRequest[] = [];
  const refused: Decision[] = [];
  const app = createHttpListener({
    async decide(request) {
      seen.push(request);
      return decide(request);
    },
    refuse: (decision) => void refused.push(decision),
    challenges: () => ['Bearer'],
    isDraining: () => false,
    drainSeconds: () => 5,
    now: () => 1000,
    ...options,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  return { port: (app.server.address() as AddressInfo).port, seen, refused };
}
