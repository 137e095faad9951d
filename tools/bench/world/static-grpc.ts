import { CheckResponse } from '../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { createGrpcServer } from '../../../src/grpc/server.js';
import { GRPC_STATUS } from '../../../src/grpc/status.js';
import { CHECK_PATH } from '../../../src/transport/envoy-grpc/check.js';
import { reportPort } from './process.js';

/**
 * The static authorizer over gRPC: the sidecar's own server with a constant answer, an allow that changes nothing. It
 * is what the sidecar would cost if it decided nothing.
 */
const value = { headers: [], headersToRemove: [], responseHeadersToAdd: [] };
const ALLOW = CheckResponse.encode({
  status: { code: GRPC_STATUS.OK, message: '' },
  httpResponse: { $case: 'okResponse', value },
}).finish();

const method = {
  handle: async () => ALLOW,
  fault: () => ({ status: GRPC_STATUS.INVALID_ARGUMENT, message: 'no message' }),
};
const address = await createGrpcServer(new Map([[CHECK_PATH, method]])).listen({
  host: '127.0.0.1',
  port: 0,
});
reportPort(Number(new URL(address).port));
