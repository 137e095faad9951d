import type { TAP } from 'tap';
import { type Gateway, type GatewayOptions, type RecordingServer, startGateway } from '../helpers/gateway.js';
import {
  ENVOY_GRPC_CONFIG,
  type ProxyOptions,
  type RunningProxy,
  startEnvoy,
  startNginx,
} from '../helpers/proxies.js';
import { startAuthorizer } from './authorizer.js';
import { type Answer, type Sent, send } from './client.js';
import { type GrpcAuthorizer, startGrpcAuthorizer } from './grpc-authorizer.js';

/** A proxy with its shipped configuration, and an authorizer that speaks what the proxy speaks. */
export interface Front<A extends RecordingServer = RecordingServer> {
  readonly start: (options: ProxyOptions) => Promise<RunningProxy>;
  readonly authorizer: () => Promise<A>;
}

export const NGINX: Front = { start: startNginx, authorizer: startAuthorizer };
export const ENVOY_HTTP: Front = { start: startEnvoy, authorizer: startAuthorizer };
export const ENVOY_GRPC: Front<GrpcAuthorizer> = {
  start: (options) => startEnvoy({ ...options, configPath: ENVOY_GRPC_CONFIG }),
  authorizer: startGrpcAuthorizer,
};

/** A real proxy between two stand-ins. */
export interface Bench<A extends RecordingServer = RecordingServer> {
  readonly proxy: RunningProxy;
  readonly authorizer: A;
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
export async function startBench<A extends RecordingServer>(
  t: Pick<TAP, 'teardown'>,
  front: Front<A>,
  { timeouts = { checkMs: 2000 }, gateway: streams = { everyMs: 5, count: 3 } }: BenchOptions = {},
): Promise<Bench<A>> {
  const authorizer = await front.authorizer();
  t.teardown(authorizer.stop);
  const gateway = await startGateway(streams);
  t.teardown(gateway.stop);
  const proxy = await front.start({ sidecarPort: authorizer.port, gatewayPort: gateway.port, timeouts });
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
