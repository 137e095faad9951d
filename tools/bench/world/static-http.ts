import fastify from 'fastify';
import { reportPort } from './process.js';

/**
 * The static authorizer over HTTP: a bare Fastify route that reads the body as bytes, whatever its content type, and
 * answers 200. It is what the sidecar would cost if it decided nothing.
 */
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
for (const path of ['/api/v1/watch', '/envoy/api/v1/watch'])
  app.post(path, (_request, reply) => void reply.code(200).send());
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
if (address === null || typeof address === 'string') throw new Error('not listening');
reportPort(address.port);
