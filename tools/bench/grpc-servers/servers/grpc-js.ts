import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { CheckRequest, CheckResponse } from '../../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { CHECK_PATH } from '../../../../src/transport/envoy-grpc/check.js';
import { reportPort } from '../../world/process.js';
import { allow, allowLoaded } from '../message.js';
import { loadedCheck } from '../schema.js';

/**
 * `@grpc/grpc-js`. Its argument says whose messages it speaks: `loaded`, by `@grpc/proto-loader`, as most servers do,
 * or `generated`, ours, so that the servers alone are compared.
 */
const server = new Server();
const answering =
  <T>(answer: () => T) =>
  (_call: ServerUnaryCall<unknown, T>, done: sendUnaryData<T>): void =>
    done(null, answer());

if (process.argv[2] === 'loaded')
  server.addService({ check: loadedCheck() }, { check: answering(allowLoaded) });
else {
  const check = {
    path: CHECK_PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message: CheckRequest) => Buffer.from(CheckRequest.encode(message).finish()),
    requestDeserialize: (bytes: Buffer) => CheckRequest.decode(bytes),
    responseSerialize: (message: CheckResponse) => asBuffer(CheckResponse.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => CheckResponse.decode(bytes),
  };
  server.addService({ check }, { check: answering(allow) });
}

/** The same memory: grpc-js wants a Buffer. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  reportPort(port);
});
