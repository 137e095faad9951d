import { createServer, type ServerHttp2Stream } from 'node:http2';
import { reportPort } from './process.js';

/**
 * The static authorizer over gRPC: a unary handler on `node:http2` that reads the check and answers with a constant
 * allow. It is what the sidecar would cost if it decided nothing.
 */
const STATUS_OK = [0x0a, 0x00]; // field 1, an empty google.rpc.Status: code 0
const OK_RESPONSE = [0x1a, 0x00]; // field 3, an empty OkHttpResponse
const MESSAGE = [...STATUS_OK, ...OK_RESPONSE];
const FRAME = Buffer.from([0, 0, 0, 0, MESSAGE.length, ...MESSAGE]);

const server = createServer();
server.on('stream', (stream: ServerHttp2Stream) => {
  stream.on('error', () => stream.destroy());
  stream.on('data', () => undefined);
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(FRAME);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  reportPort(address.port);
});
