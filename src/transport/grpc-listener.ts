import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from '../grpc/server.js';
import { CHECK_PATH, type CheckOptions, checkMethod } from './envoy-grpc/check.js';
import { HEALTH_PATH, healthMethod } from './grpc-health/check.js';

export interface GrpcListenerOptions extends CheckOptions, GrpcServerOptions {
  /** True while the process should be sent traffic. */
  readonly isReady: () => boolean;
}

/** `sidecar.grpc`: Envoy's `ext_authz` and the gRPC health protocol behind one port (contract section 6, "Envoy gRPC"). */
export function createGrpcListener(options: GrpcListenerOptions): GrpcServer {
  return createGrpcServer(
    new Map([
      [CHECK_PATH, checkMethod(options)],
      [HEALTH_PATH, healthMethod(options.isReady)],
    ]),
    options,
  );
}
