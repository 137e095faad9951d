import { create } from '@bufbuild/protobuf';
import { fastifyConnectPlugin } from '@connectrpc/connect-fastify';
import fastify from 'fastify';
import { reportPort } from '../../world/process.js';
import { allowReflected } from '../message.js';
import { reflectedCheck } from '../schema.js';

/** connect-es over Fastify's HTTP/2, with the messages of `@bufbuild/protobuf`; of its three protocols gRPC alone. */
const check = reflectedCheck();
const app = fastify({ http2: true });
await app.register(fastifyConnectPlugin, {
  connect: false,
  grpcWeb: false,
  routes: (router) => void router.rpc(check, () => create(check.output, allowReflected())),
});
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
if (address === null || typeof address === 'string') throw new Error('not listening');
reportPort(address.port);
