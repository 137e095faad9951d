import {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
} from '../../grpc/gen/grpc/health/v1/health.js';
import { type CallFailure, GRPC_STATUS } from '../../grpc/status.js';
import type { UnaryMethod } from '../../grpc/unary.js';

/** `grpc.health.v1.Health/Check`. `Watch` is not served: nobody who asks for it needs it, and the protocol allows that. */
export const HEALTH_PATH = '/grpc.health.v1.Health/Check';

/** The services one may ask about; the empty name is the server as a whole. */
const SERVICES: readonly string[] = ['', 'envoy.service.auth.v3.Authorization'];

/** Says SERVING exactly while `/readyz` says 200 (https://grpc.io/docs/guides/health-checking/). */
export function healthMethod(isReady: () => boolean): UnaryMethod {
  return {
    handle: async (message) => {
      const service = serviceIn(message);
      if (service === null) return UNREADABLE;
      return SERVICES.includes(service) ? statusMessage(isReady()) : UNKNOWN_SERVICE;
    },
    fault: () => UNREADABLE,
  };
}

const UNREADABLE: CallFailure = { status: GRPC_STATUS.INVALID_ARGUMENT, message: 'not a HealthCheckRequest' };
const UNKNOWN_SERVICE: CallFailure = { status: GRPC_STATUS.NOT_FOUND, message: 'unknown service' };

function serviceIn(message: Uint8Array): string | null {
  try {
    return HealthCheckRequest.decode(message).service;
  } catch {
    // The reader throws on nothing but malformed input.
    return null;
  }
}

function statusMessage(ready: boolean): Uint8Array {
  const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;
  return HealthCheckResponse.encode({ status: ready ? SERVING : NOT_SERVING }).finish();
}
