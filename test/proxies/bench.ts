import type { TAP } from 'tap';
import { type Gateway, type GatewayOptions, type RecordingServer, startGateway } from '../helpers/gateway.js';
import type { ProxyOptions, RunningProxy } from '../helpers/proxies.js';
import { startAuthorizer } from './authorizer.js';
import { type Answer, type Sent, send } from './client.js';

export type StartProxy = (options: ProxyOptions) => Promise<RunningProxy>;

/** A real proxy between two stand-ins. */
export interface Bench {
  readonly proxy: RunningProxy;
  readonly authorizer: RecordingServer;
  readonly gateway: Gateway;
  readonly send: (sent?: Sent) => Promise<Answer>;
  /** Forgets the requests seen so far. */
  readonly forget: () => void;
}

export interface BenchOptions {
  readonly timeouts?: NonNullable<ProxyOptions['timeouts']>;
  readonly gateway?: GatewayOptions;
}

/** Short streams of three events, and a check of two seconds, unless told otherwise; taken down with the test. */
export async function startBench(
  t: Pick<TAP, 'teardown'>,
  start: StartProxy,
  { timeouts = { checkMs: 2000 }, gateway: streams = { everyMs: 5, count: 3 } }: BenchOptions = {},
): Promise<Bench> {
  const authorizer = await startAuthorizer();
  t.teardown(authorizer.stop);
  const gateway = await startGateway(streams);
  t.teardown(gateway.stop);
  const proxy = await start({ sidecarPort: authorizer.port, gatewayPort: gateway.port, timeouts });
  t.teardown(proxy.stop);
  return {
    proxy,
    authorizer,
    gateway,
    send: (sent = {}) => send(proxy.port, sent),
    forget: () => {
      authorizer.requests.length = 0;
      gateway.requests.length = 0;
    },
  };
}
