import { CheckRequest, CheckResponse } from '../../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { createGrpcServer } from '../../../../src/grpc/server.js';
import { GRPC_STATUS } from '../../../../src/grpc/status.js';
import { CHECK_PATH } from '../../../../src/transport/envoy-grpc/check.js';
import { reportPort } from '../../world/process.js';
import { allow } from '../message.js';

/** Our own server, with no more behind it than the others have: it reads the message and writes the constant answer. */
const method = {
  handle: async (message: Uint8Array) => {
    CheckRequest.decode(message);
    return CheckResponse.encode(allow()).finish();
  },
  fault: () => ({ status: GRPC_STATUS.INVALID_ARGUMENT, message: 'no message' }),
};
const server = createGrpcServer(new Map([[CHECK_PATH, method]]));
const address = await server.listen({ host: '127.0.0.1', port: 0 });
reportPort(Number(new URL(address).port));
